%% SPDX-License-Identifier: BSD-3-Clause
-module(supervisor_bench).
-behaviour(supervisor).
-export([start_link/0, init/1]).

start_link() -> supervisor:start_link(?MODULE, []).

init([]) ->
    {ok, {#{strategy => simple_one_for_one},
          [#{id => child, start => {otp_bench, start_link, []}}]}}.
