// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.Qos;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.selftest.Check.CannotException;
import dev.ringport.iocp.selftest.Check.Seen;
import dev.ringport.iocp.selftest.CheckBench.Pair;
import dev.ringport.iocp.selftest.CheckBench.Started;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.List;

import static dev.ringport.iocp.abi.WinsockConstants.SD_SEND;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_LINGER;
import static dev.ringport.iocp.abi.WinsockConstants.SO_UPDATE_CONNECT_CONTEXT;

/** How connections end, what the peer sees of it, and what a connection that stays is good for. */
final class CloseChecks {
    private static final int BYTES = 16;
    private static final int ROUNDS = 100;
    private static final String HELLO = "hello";
    private static final String RESET = "the peer's receive fails with WSAECONNRESET (10054)";

    private CloseChecks() {}

    static List<Check> all() {
        return List.of(
                Check.of("close with a receive under way", "closesocket", RESET, CloseChecks::receivePending)
                        .wine("ends the stream as if nothing were under way"),
                Check.of("close with data unread", "closesocket", RESET, CloseChecks::dataUnread),
                Check.of("close with SO_LINGER 0", "closesocket setsockopt", RESET, CloseChecks::lingerZero),
                Check.of(
                        "close after shutdown and a cancelled receive", "closesocket shutdown CancelIoEx",
                        "the peer sees the end of the stream, no reset", CloseChecks::orderly),
                Check.of(
                        "receives after a reset", "WSARecv", "WSAECONNRESET (10054) again, never the end of a stream",
                        CloseChecks::resetTwice).wine("tells a reset once, then the end of the stream"),
                Check.of(
                        "cancelled receives", "CancelIoEx WSARecv",
                        ROUNDS + " cancelled while data comes: the connection stays readable, nothing is lost",
                        CloseChecks::cancelled),
                Check.of(
                        "getpeername without SO_UPDATE_CONNECT_CONTEXT", "getpeername ConnectEx",
                        "WSAENOTCONN (10057), and the peer after the option", CloseChecks::peerName)
                        .wine("knows the peer all the same"),
                Check.of(
                        "WSAGetQOSByName", "WSAGetQOSByName", "a success where the name is installed",
                        CloseChecks::quality));
    }

    private static Seen reset(int result) {
        return new Seen(CheckBench.is(result, WindowsErrors.WSAECONNRESET), "the peer: " + CheckBench.told(result));
    }

    private static Seen receivePending(CheckBench bench) throws IOException {
        Pair pair = bench.connectedAtPort();
        Started pending = bench.startReceive(pair.accepted(), BYTES);
        Started watching = bench.startReceive(pair.client(), BYTES);
        bench.bench.close(pair.accepted());
        int own = bench.end(pending);
        Seen seen = reset(bench.end(watching));
        return new Seen(seen.asExpected(), seen.what() + "; the closed socket's receive: " + CheckBench.told(own));
    }

    private static Seen dataUnread(CheckBench bench) throws IOException {
        Pair pair = bench.connectedAtPort();
        bench.send(pair.client(), HELLO);
        bench.bench.awaitReadable(pair.accepted());
        Started watching = bench.startReceive(pair.client(), BYTES);
        bench.bench.close(pair.accepted());
        return reset(bench.end(watching));
    }

    private static void abort(CheckBench bench, long socket) throws IOException {
        MemorySegment linger = bench.shorts(1, 0);
        Bench.check(
                "setsockopt(SO_LINGER)",
                bench.bench.winsock().setsockopt(
                        bench.bench.capture, socket, SOL_SOCKET, SO_LINGER, linger.address(), Integer.BYTES));
        bench.bench.close(socket);
    }

    private static Seen lingerZero(CheckBench bench) throws IOException {
        Pair pair = bench.connectedAtPort();
        Started watching = bench.startReceive(pair.client(), BYTES);
        abort(bench, pair.accepted());
        return reset(bench.end(watching));
    }

    private static Seen orderly(CheckBench bench) throws IOException {
        Pair pair = bench.connectedAtPort();
        Started pending = bench.startReceive(pair.accepted(), BYTES);
        Bench.check("shutdown", bench.bench.winsock().shutdown(bench.bench.capture, pair.accepted(), SD_SEND));
        Bench.check("CancelIoEx", cancel(bench, pending));
        int own = bench.end(pending);
        bench.bench.close(pair.accepted());
        int peer = bench.receive(pair.client(), BYTES);
        return new Seen(
                peer == 0, "the peer: " + CheckBench.told(peer) + "; the cancelled receive: " + CheckBench.told(own));
    }

    private static int cancel(CheckBench bench, Started started) throws IOException {
        return bench.bench.kernel32()
                .cancelIoEx(bench.bench.capture, started.socket(), started.overlapped().address());
    }

    private static Seen resetTwice(CheckBench bench) throws IOException {
        Pair pair = bench.connectedAtPort();
        Started watching = bench.startReceive(pair.client(), BYTES);
        abort(bench, pair.accepted());
        int first = bench.end(watching);
        int second = bench.receive(pair.client(), BYTES);
        return new Seen(
                CheckBench.is(second, WindowsErrors.WSAECONNRESET),
                CheckBench.told(first) + ", then " + CheckBench.told(second));
    }

    /** Receives of a byte and of none, the data before the cancelling and after it. */
    private static Seen cancelled(CheckBench bench) throws IOException {
        Pair pair = bench.connectedAtPort();
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            boolean before = (round & 1) == 0;
            boolean empty = (round & 2) == 0;
            char mark = (char) ('a' + round % 26);
            Started receiving = bench.startReceive(pair.accepted(), empty ? 0 : 1);
            if (before) {
                bench.send(pair.client(), String.valueOf(mark));
            }
            int _ = cancel(bench, receiving);
            int result = bench.end(receiving);
            if (!before) {
                bench.send(pair.client(), String.valueOf(mark));
            }
            boolean aborted = result == -WindowsErrors.WSA_OPERATION_ABORTED;
            taken += aborted ? 1 : 0;
            if (aborted || (empty && result == 0)) {
                receiving = bench.startReceive(pair.accepted(), 1);
                result = bench.end(receiving);
            }
            char arrived = (char) receiving.room().get(ValueLayout.JAVA_BYTE, 0);
            if (result != 1 || arrived != mark) {
                return new Seen(
                        false,
                        "round " + (round + 1) + (before ? ", data first" : ", cancelled first")
                                + (empty ? ", a receive of no bytes: " : ": ") + CheckBench.told(result)
                                + (result == 1 ? ", but of another round" : ""));
            }
        }
        return new Seen(true, ROUNDS + " rounds, " + taken + " receives cancelled, each byte arrived");
    }

    private static Seen peerName(CheckBench bench) throws IOException {
        long listener = bench.stream();
        InetSocketAddress address = bench.bench.bind(listener);
        Bench.check("listen", bench.bench.winsock().listen(bench.bench.capture, listener, 1));
        long client = bench.stream();
        bench.bench.bind(client);
        bench.port().associate(client);
        Bench.check("ConnectEx", bench.end(BindChecks.startConnect(bench, client, address)));
        int without = peer(bench, client);
        Bench.check(
                "setsockopt(SO_UPDATE_CONNECT_CONTEXT)",
                bench.bench.winsock().setsockopt(
                        bench.bench.capture, client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, 0, 0));
        int with = peer(bench, client);
        return new Seen(
                CheckBench.is(without, WindowsErrors.WSAENOTCONN) && with == 0,
                "without: " + (without == 0 ? "the peer" : CheckBench.told(without)) + "; with: "
                        + (with == 0 ? "the peer" : CheckBench.told(with)));
    }

    private static int peer(CheckBench bench, long socket) throws IOException {
        MemorySegment name = bench.bench.room(SocketAddressCodec.ROOM);
        MemorySegment length = bench.bench.number(SocketAddressCodec.ROOM);
        return bench.bench.winsock().getpeername(bench.bench.capture, socket, name.address(), length.address());
    }

    private static Seen quality(CheckBench bench) throws IOException {
        Pair pair = bench.connected();
        MemorySegment name = bench.bench.buffer(bench.bench.bytes("G711"));
        MemorySegment qos = bench.bench.arena.allocate(Qos.LAYOUT);
        int result = bench.bench.winsock().wsaGetQosByName(
                bench.bench.capture, pair.client(), name.address(), qos.address());
        if (result < 0) {
            throw new CannotException("WSAGetQOSByName: " + WindowsErrors.describe(-result));
        }
        return new Seen(true, "G711 is known");
    }
}
