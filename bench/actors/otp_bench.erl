%% SPDX-License-Identifier: BSD-3-Clause
%% The same measurements on Erlang/OTP: gen_servers below a supervisor.
-module(otp_bench).
-behaviour(gen_server).
-export([main/1, start_link/0, init/1, handle_call/3, handle_cast/2]).

main(["start_stop", Count]) ->
    N = list_to_integer(Count),
    {ok, Sup} = supervisor_bench:start_link(),
    Before = erlang:memory(total),
    {Start, _} = timer:tc(fun() ->
        [{ok, _} = supervisor:start_child(Sup, []) || _ <- lists:seq(1, N)] end),
    io:format("start_us_each ~.3f~n", [Start / N]),
    io:format("bytes_each ~.3f~n", [(erlang:memory(total) - Before) / N]),
    unlink(Sup),
    Ref = monitor(process, Sup),
    {Stop, _} = timer:tc(fun() ->
        exit(Sup, shutdown),
        receive {'DOWN', Ref, process, Sup, _} -> ok end end),
    io:format("stop_us_each ~.3f~n", [Stop / N]),
    halt(0).

start_link() -> gen_server:start_link(?MODULE, [], []).
init([]) -> {ok, nothing}.
handle_call(Any, _From, State) -> {reply, Any, State}.
handle_cast(_Any, State) -> {noreply, State}.
