// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WsaProtocolChain;
import dev.ringport.iocp.abi.WsaProtocolInfow;
import dev.ringport.iocp.selftest.Check.CannotException;
import dev.ringport.iocp.selftest.Check.Seen;
import dev.ringport.iocp.selftest.CheckBench.Started;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.SIO_CPU_AFFINITY;
import static dev.ringport.iocp.abi.WinsockConstants.SIO_UDP_CONNRESET;
import static dev.ringport.iocp.abi.WinsockConstants.SIO_UDP_NETRESET;
import static dev.ringport.iocp.abi.WinsockConstants.SOL_SOCKET;
import static dev.ringport.iocp.abi.WinsockConstants.SO_PROTOCOL_INFOW;
import static dev.ringport.iocp.abi.WinsockConstants.XP1_IFS_HANDLES;

/** Datagram sockets: unreachable ports, notification modes, one port of several sockets, marks. */
final class DatagramChecks {
    private static final int BYTES = 16;
    private static final int SENDERS = 20;
    private static final int MOST_PROCESSORS = 64;
    private static final int DRAIN_MILLIS = 50;
    private static final String HELLO = "hello";

    private DatagramChecks() {}

    static List<Check> all() {
        return List.of(
                Check.of(
                        "UDP, not connected: nobody at the port", "WSARecvFrom",
                        "the next receive fails with WSAECONNRESET (10054)", DatagramChecks::unreachable)
                        .wine("does not report it"),
                Check.of(
                        "UDP, not connected: SIO_UDP_CONNRESET and SIO_UDP_NETRESET off", "WSAIoctl WSARecvFrom",
                        "no failure: the receive gets the next datagram", DatagramChecks::unreachableUntold)
                        .wine("knows no SIO_UDP_NETRESET"),
                Check.of(
                        "UDP, connected: nobody at the port", "WSARecvFrom WSARecv",
                        "the receive fails with WSAECONNRESET (10054), also as 10061 or 1234",
                        DatagramChecks::unreachableConnected).wine("may say nothing"),
                Check.of(
                        "UDP: a receive before the bind", "WSARecvFrom", "WSAEINVAL (10022)",
                        DatagramChecks::beforeBind).wine("lets it wait"),
                Check.of(
                        "UDP: notification modes", "SetFileCompletionNotificationModes",
                        "handles of the system, a chain of 1; a send and a receive that end at once post no packet",
                        DatagramChecks::modes),
                Check.of(
                        "UDP: a datagram that is cut off, notification modes on", "SetFileCompletionNotificationModes",
                        "WSAEMSGSIZE (10040); whether a packet follows is not promised", DatagramChecks::truncated),
                Check.of(
                        "UDP: a socket a processor on one port, by SIO_CPU_AFFINITY", "WSAIoctl",
                        "all bind, and every datagram comes at one of them", DatagramChecks::affinity),
                Check.of(
                        "qWAVE: marking a flow",
                        "QOSCreateHandle QOSAddSocketToFlow QOSSetFlow QOSCloseHandle",
                        "a success; QOSSetFlow may want a right that the user lacks", DatagramChecks::mark));
    }

    private static Seen told(@Nullable Integer result) {
        if (result == null) {
            return new Seen(false, "nothing within " + Bench.PATIENCE_MILLIS + " ms");
        }
        boolean unreachable = CheckBench.is(result, WindowsErrors.WSAECONNRESET)
                || CheckBench.is(result, WindowsErrors.WSAECONNREFUSED)
                || CheckBench.is(result, WindowsErrors.ERROR_PORT_UNREACHABLE);
        return new Seen(unreachable, CheckBench.told(result));
    }

    private static Seen unreachable(CheckBench bench) throws IOException {
        long socket = bench.bench.socket(false);
        bench.bench.bind(socket);
        bench.port().associate(socket);
        InetSocketAddress nobody = bench.deserted(false);
        Started receiving = bench.startReceiveFrom(socket, BYTES);
        bench.sendTo(socket, HELLO, nobody);
        return told(bench.endWithin(receiving, Bench.PATIENCE_MILLIS));
    }

    private static Seen unreachableUntold(CheckBench bench) throws IOException {
        long socket = bench.bench.socket(false);
        InetSocketAddress address = bench.bench.bind(socket);
        long other = bench.bench.socket(false);
        bench.bench.bind(other);
        bench.port().associate(socket);
        bench.port().associate(other);
        MemorySegment off = bench.bench.number(0);
        Check.needs("WSAIoctl(SIO_UDP_CONNRESET)", bench.ioctl(socket, SIO_UDP_CONNRESET, off));
        int net = bench.ioctl(socket, SIO_UDP_NETRESET, off);
        InetSocketAddress nobody = bench.deserted(false);
        Started receiving = bench.startReceiveFrom(socket, BYTES);
        bench.sendTo(socket, HELLO, nobody);
        Integer early = bench.endWithin(receiving, CheckBench.SILENCE_MILLIS);
        if (early == null) {
            bench.sendTo(other, HELLO, address);
        }
        int result = early == null ? bench.end(receiving) : early;
        return new Seen(
                result == HELLO.length() && net == 0,
                "the receive: " + CheckBench.told(result) + "; SIO_UDP_NETRESET "
                        + (net == 0 ? "taken" : CheckBench.told(net)));
    }

    private static Seen unreachableConnected(CheckBench bench) throws IOException {
        long socket = bench.bench.socket(false);
        bench.bench.bind(socket);
        bench.port().associate(socket);
        Bench.check("connect", bench.tryConnect(socket, bench.deserted(false)));
        Started receiving = bench.startReceive(socket, BYTES);
        bench.send(socket, HELLO);
        return told(bench.endWithin(receiving, Bench.PATIENCE_MILLIS));
    }

    private static Seen beforeBind(CheckBench bench) throws IOException {
        long socket = bench.bench.socket(false);
        bench.port().associate(socket);
        Integer result = bench.endWithin(bench.startReceiveFrom(socket, BYTES), CheckBench.SILENCE_MILLIS);
        return result == null
                ? new Seen(false, "it waits")
                : new Seen(CheckBench.is(result, WindowsErrors.WSAEINVAL), CheckBench.told(result));
    }

    private static String provider(CheckBench bench, long socket) throws IOException {
        MemorySegment info = bench.bench.arena.allocate(WsaProtocolInfow.LAYOUT);
        MemorySegment length = bench.bench.number((int) WsaProtocolInfow.BYTES);
        Bench.check(
                "getsockopt(SO_PROTOCOL_INFOW)",
                bench.bench.winsock().getsockopt(
                        bench.bench.capture, socket, SOL_SOCKET, SO_PROTOCOL_INFOW, info.address(),
                        length.address()));
        int chain = WsaProtocolChain.chainLen(info, WsaProtocolInfow.PROTOCOL_CHAIN);
        if ((WsaProtocolInfow.dwServiceFlags1(info, 0) & XP1_IFS_HANDLES) == 0) {
            throw new CannotException("a layered provider without XP1_IFS_HANDLES, a chain of " + chain);
        }
        return "XP1_IFS_HANDLES, a chain of " + chain;
    }

    private static Seen modes(CheckBench bench) throws IOException {
        long socket = bench.bench.socket(false);
        InetSocketAddress address = bench.bench.bind(socket);
        bench.port().associate(socket);
        String provider = provider(bench, socket);
        Check.needs("SetFileCompletionNotificationModes", bench.skipPackets(socket));
        Started sending = bench.startSendTo(socket, HELLO, address);
        String sent = atOnce(bench, sending);
        bench.bench.awaitReadable(socket);
        Started receiving = bench.startReceiveFrom(socket, BYTES);
        String received = atOnce(bench, receiving);
        boolean arrived = HELLO.equals(Bench.text(receiving.room(), HELLO.length()));
        return new Seen(
                arrived && !sent.equals(PACKET) && !received.equals(PACKET),
                provider + "; the send: " + sent + "; the receive: " + received
                        + (arrived ? "" : ", not what was sent"));
    }

    private static final String PACKET = "ended at once, and a packet came";

    private static String atOnce(CheckBench bench, Started started) throws IOException {
        if (started.isPending()) {
            return "did not end at once: " + CheckBench.told(bench.end(started));
        }
        Bench.check(started.call(), started.result());
        return bench.port().take(CheckBench.SILENCE_MILLIS) == 0 ? "ended at once, no packet" : PACKET;
    }

    private static Seen truncated(CheckBench bench) throws IOException {
        long socket = bench.bench.socket(false);
        InetSocketAddress address = bench.bench.bind(socket);
        bench.port().associate(socket);
        Check.needs("SetFileCompletionNotificationModes", bench.skipPackets(socket));
        Bench.check("WSASendTo", bench.end(bench.startSendTo(socket, HELLO, address)));
        bench.bench.awaitReadable(socket);
        Started receiving = bench.startReceiveFrom(socket, HELLO.length() - 1);
        if (receiving.isPending()) {
            int result = bench.end(receiving);
            return new Seen(
                    CheckBench.is(result, WindowsErrors.WSAEMSGSIZE), "by a packet: " + CheckBench.told(result));
        }
        boolean packet = bench.port().take(CheckBench.SILENCE_MILLIS) > 0;
        return new Seen(
                CheckBench.is(receiving.result(), WindowsErrors.WSAEMSGSIZE),
                "by the call: " + CheckBench.told(receiving.result()) + "; "
                        + (packet ? "a packet followed" : "no packet"));
    }

    private static Seen affinity(CheckBench bench) throws IOException {
        int processors = Math.min(MOST_PROCESSORS, Runtime.getRuntime().availableProcessors());
        List<Long> sockets = new ArrayList<>();
        InetSocketAddress address = new InetSocketAddress(CheckBench.loopback(), 0);
        for (int processor = 0; processor < processors; processor++) {
            long socket = bench.bench.socket(false);
            MemorySegment number = bench.shorts(processor, 0).asSlice(0, Short.BYTES);
            Check.needs("WSAIoctl(SIO_CPU_AFFINITY)", bench.ioctl(socket, SIO_CPU_AFFINITY, number));
            int bound = bench.tryBind(socket, address);
            if (bound < 0) {
                return new Seen(false, "the bind for processor " + processor + ": " + CheckBench.told(bound));
            }
            address = bench.bench.localAddress(socket);
            bench.port().associate(socket);
            sockets.add(socket);
        }
        for (int i = 0; i < SENDERS; i++) {
            long sender = bench.bench.socket(false);
            bench.bench.bind(sender);
            bench.port().associate(sender);
            bench.sendTo(sender, HELLO, address);
        }
        List<Integer> counts = new ArrayList<>();
        for (long socket : sockets) {
            counts.add(drain(bench, socket));
        }
        return new Seen(
                counts.stream().mapToInt(count -> count).sum() == SENDERS,
                SENDERS + " sent, by processor there came " + counts);
    }

    private static int drain(CheckBench bench, long socket) throws IOException {
        int count = 0;
        while (true) {
            // Loopback delivers within the send.
            Integer result = bench.endWithin(bench.startReceiveFrom(socket, BYTES), DRAIN_MILLIS);
            if (result == null || result < 0) {
                return count;
            }
            count++;
        }
    }

    /** Each failure is this system's or this user's, whoever marks traffic can do without. */
    private static Seen mark(CheckBench bench) throws IOException {
        try {
            return new Seen(true, OptionalSteps.mark(bench.bench));
        } catch (IOException refused) {
            throw new CannotException(String.valueOf(refused.getMessage()));
        }
    }
}
