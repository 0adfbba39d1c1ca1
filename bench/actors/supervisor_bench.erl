%% SPDX-License-Identifier: BSD-3-Clause
-module(supervisor_bench).
-behaviour(supervisor).
-export([start_link/0, start_link/1, init/1]).

start_link() -> supervisor:start_link(?MODULE, []).

%% So many children at once: one_for_one when it is one, one_for_all when it is more.
start_link(Count) -> supervisor:start_link(?MODULE, [Count]).

init([Count]) ->
    Strategy = case Count of 1 -> one_for_one; _ -> one_for_all end,
    {ok, {#{strategy => Strategy, intensity => 1000000, period => 1},
          [#{id => Id, start => {otp_bench, start_told, []}} || Id <- lists:seq(1, Count)]}};
init([]) ->
    {ok, {#{strategy => simple_one_for_one},
          [#{id => child, start => {otp_bench, start_link, []}}]}}.
