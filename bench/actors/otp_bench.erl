%% SPDX-License-Identifier: BSD-3-Clause
%% The same measurements on Erlang/OTP: gen_servers below a supervisor.
-module(otp_bench).
-behaviour(gen_server).
-export([main/1, start_link/0, start_told/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

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
    halt(0);
main(["messages", Count]) ->
    N = list_to_integer(Count),
    Self = self(),
    Sink = spawn(fun() -> take(N), Self ! {done, erlang:monotonic_time(nanosecond)} end),
    Body = <<"hello">>,
    Began = erlang:monotonic_time(nanosecond),
    spawn(fun() -> [Sink ! Body || _ <- lists:seq(1, N)] end),
    receive {done, Ended} -> ok end,
    io:format("messages_per_second ~.3f~n", [N / (Ended - Began) * 1.0e9]),
    halt(0);
main(["ping_pong", Count]) ->
    N = list_to_integer(Count),
    Back = spawn(fun back/0),
    {Took, _} = timer:tc(fun() -> rally(Back, N) end),
    io:format("ping_pong_us ~.3f~n", [Took / N]),
    halt(0);
main(["requests", Count]) ->
    N = list_to_integer(Count),
    {ok, To} = start_link(),
    {Took, _} = timer:tc(fun() -> [gen_server:call(To, ping) || _ <- lists:seq(1, N)] end),
    io:format("request_us ~.3f~n", [Took / N]),
    halt(0);
main(["restarts", Rounds, Size]) ->
    N = list_to_integer(Rounds),
    Children = list_to_integer(Size),
    register(bench, self()),
    {ok, _} = supervisor_bench:start_link(Children),
    First = told(Children),
    Took = lists:sort(restarts(N, Children, First)),
    Name = case Children of 1 -> "restart_us"; _ -> "all_for_" ++ Size ++ "_us" end,
    io:format("~s_p50 ~.3f~n", [Name, lists:nth(N div 2 + 1, Took)]),
    io:format("~s_p99 ~.3f~n", [Name, lists:nth(N * 99 div 100 + 1, Took)]),
    halt(0).

take(0) -> ok;
take(N) -> receive _ -> take(N - 1) end.

back() -> receive {From, What} -> From ! What, back() end.

rally(_, 0) -> ok;
rally(To, N) -> To ! {self(), ping}, receive ping -> rally(To, N - 1) end.

%% Waits until so many children have said that they have begun; the first of them is returned.
told(Count) -> lists:last([receive {begun, Pid} -> Pid end || _ <- lists:seq(1, Count)]).

restarts(0, _, _) -> [];
restarts(N, Children, Last) ->
    Last ! {fall, self()},
    Began = receive {fell, At} -> At end,
    Next = told(Children),
    Ended = erlang:monotonic_time(nanosecond),
    [(Ended - Began) / 1000 | restarts(N - 1, Children, Next)].

start_link() -> gen_server:start_link(?MODULE, [], []).
start_told() -> gen_server:start_link(?MODULE, [told], []).
init([]) -> {ok, nothing};
init([told]) -> bench ! {begun, self()}, {ok, nothing}.
handle_call(Any, _From, State) -> {reply, Any, State}.
handle_cast(_Any, State) -> {noreply, State}.
handle_info({fall, From}, State) ->
    From ! {fell, erlang:monotonic_time(nanosecond)},
    {stop, shutdown, State}.
