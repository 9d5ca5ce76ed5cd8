// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;
import static dev.ringport.iocp.abi.WinsockConstants.FILE_SKIP_SET_EVENT_ON_HANDLE;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_DGRAM;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_NO_HANDLE_INHERIT;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_OVERLAPPED;

/** What one check has for itself: sockets, a port, and operations whose end it may look at or wait for. */
final class CheckBench {
    /** For how long nothing has to happen until it is believed that nothing will. */
    static final int SILENCE_MILLIS = 300;

    /** Two ends of a connection on loopback. */
    record Pair(long client, long accepted) {}

    /**
     * An operation that was asked for.
     *
     * @param room where received bytes go
     * @param count the bytes of one that ended at once
     * @param result what the call answered: 0 or a negated code
     */
    record Started(
            String call, long socket, MemorySegment overlapped, MemorySegment room, MemorySegment count, int result) {
        boolean isPending() {
            return result == -WindowsErrors.WSA_IO_PENDING;
        }

        boolean isRefused() {
            return result < 0 && !isPending();
        }
    }

    final Bench bench;
    private final List<PacketPort> ports = new ArrayList<>();
    /** Sockets that post no packet for what ends at once. */
    private final Set<Long> skipping = new HashSet<>();
    private @Nullable PacketPort port;

    CheckBench(WindowsCalls calls) {
        bench = new Bench(calls, new Report(""));
    }

    PacketPort newPort() throws IOException {
        PacketPort made = new PacketPort(bench);
        ports.add(made);
        return made;
    }

    /** The port of all operations of a check that needs one alone. */
    PacketPort port() throws IOException {
        PacketPort made = port;
        if (made == null) {
            made = newPort();
            port = made;
        }
        return made;
    }

    /** Closes all that the check opened and sees off what it left under way. */
    void end() throws IOException {
        bench.closeAll();
        IOException first = null;
        for (PacketPort made : ports) {
            try {
                made.close();
            } catch (IOException e) {
                first = e;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** A result for people. */
    static String told(int result) {
        if (result < 0) {
            return WindowsErrors.describe(-result);
        }
        return result == 0 ? "the end of the stream" : result + " bytes";
    }

    /** Whether a result is this Winsock code, whichever vocabulary it came in. */
    static boolean is(int result, int code) {
        return result < 0 && WindowsErrors.fromWin32(-result) == code;
    }

    static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[]{127, 0, 0, 1});
    }

    long stream() throws IOException {
        return bench.socket(true);
    }

    /** A datagram socket of an address's family that is bound to it. */
    long datagram(InetAddress at) throws IOException {
        long socket = datagramSocket(at);
        Bench.check("bind", tryBind(socket, new InetSocketAddress(at, 0)));
        return socket;
    }

    long datagramSocket(InetAddress family) throws IOException {
        int number = family instanceof Inet6Address ? AF_INET6 : AF_INET;
        return bench.own(
                "WSASocketW",
                bench.winsock().wsaSocketW(
                        bench.capture, number, SOCK_DGRAM, IPPROTO_UDP, 0, 0,
                        WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    }

    int tryBind(long socket, InetSocketAddress to) throws IOException {
        MemorySegment name = bench.room(SocketAddressCodec.ROOM);
        int bytes = name(name, to);
        return bench.winsock().bind(bench.capture, socket, name.address(), bytes);
    }

    int tryConnect(long socket, InetSocketAddress to) throws IOException {
        MemorySegment name = bench.room(SocketAddressCodec.ROOM);
        int bytes = name(name, to);
        return bench.winsock().connect(bench.capture, socket, name.address(), bytes);
    }

    static int name(MemorySegment name, InetSocketAddress to) {
        return Bench.CODEC.write(
                name, 0, to.getAddress(), to.getPort(), to.getAddress() instanceof Inet6Address);
    }

    int set(long socket, int level, int option, int value) throws IOException {
        MemorySegment number = bench.number(value);
        return bench.winsock().setsockopt(bench.capture, socket, level, option, number.address(), Integer.BYTES);
    }

    int ioctl(long socket, int code, MemorySegment in) throws IOException {
        MemorySegment returned = bench.number(0);
        return bench.winsock().wsaIoctl(
                bench.capture, socket, code, in.address(), (int) in.byteSize(), 0, 0, returned.address(), 0, 0);
    }

    /** Switches the packets of what ends at once off. */
    int skipPackets(long socket) throws IOException {
        int result = bench.kernel32().setFileCompletionNotificationModes(
                bench.capture, socket, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE);
        if (result == 0) {
            skipping.add(socket);
        }
        return result;
    }

    /** A port on which nothing listens: it was given to a socket that is closed. */
    InetSocketAddress deserted(boolean stream) throws IOException {
        long socket = bench.socket(stream);
        InetSocketAddress address = bench.bind(socket);
        bench.close(socket);
        return address;
    }

    /** A connection that belongs to no port yet. */
    Pair connected() throws IOException {
        long listener = stream();
        InetSocketAddress address = bench.bind(listener);
        Bench.check("listen", bench.winsock().listen(bench.capture, listener, 1));
        long client = stream();
        Bench.check("connect", tryConnect(client, address));
        bench.awaitReadable(listener);
        long accepted = bench.own("accept", bench.winsock().accept(bench.capture, listener, 0, 0));
        bench.close(listener);
        return new Pair(client, accepted);
    }

    /** A connection whose ends belong to {@link #port}. */
    Pair connectedAtPort() throws IOException {
        Pair pair = connected();
        port().associate(pair.client());
        port().associate(pair.accepted());
        return pair;
    }

    /** Notes an operation of {@link #port} whose end is told by a packet. */
    Started note(Started started) throws IOException {
        boolean byPacket = started.isPending() || (started.result() == 0 && !skipping.contains(started.socket()));
        if (byPacket) {
            port().begun(started.call(), started.socket(), started.overlapped(), started.result());
        }
        return started;
    }

    /** How an operation of {@link #port} ended: bytes or a negated code. */
    int end(Started started) throws IOException {
        if (started.isRefused()) {
            return started.result();
        }
        if (started.result() == 0 && skipping.contains(started.socket())) {
            return Bench.value(started.count());
        }
        return port().end(started.call(), started.overlapped());
    }

    /** As {@link #end}; null if that takes longer, and then the operation goes on. */
    @Nullable
    Integer endWithin(Started started, int millis) throws IOException {
        boolean told = started.isRefused() || (started.result() == 0 && skipping.contains(started.socket()));
        return told ? Integer.valueOf(end(started)) : port().endWithin(started.overlapped(), millis);
    }

    /** Begins a receive without noting it. */
    Started beginReceive(long socket, int bytes) throws IOException {
        MemorySegment room = bench.room(Math.max(1, bytes));
        MemorySegment overlapped = bench.overlapped();
        MemorySegment count = bench.number(0);
        int result = bench.winsock().wsaRecv(
                bench.capture, socket, bench.buffer(room.asSlice(0, bytes)).address(), 1, count.address(),
                bench.number(0).address(), overlapped.address(), 0);
        return new Started("WSARecv", socket, overlapped, room, count, result);
    }

    /** Begins a send without noting it. */
    Started beginSend(long socket, MemorySegment data) throws IOException {
        MemorySegment overlapped = bench.overlapped();
        MemorySegment count = bench.number(0);
        int result = bench.winsock().wsaSend(
                bench.capture, socket, bench.buffer(data).address(), 1, count.address(), 0, overlapped.address(), 0);
        return new Started("WSASend", socket, overlapped, data, count, result);
    }

    Started startReceive(long socket, int bytes) throws IOException {
        return note(beginReceive(socket, bytes));
    }

    /** Receives once; bytes or a negated code. */
    int receive(long socket, int bytes) throws IOException {
        return end(startReceive(socket, bytes));
    }

    void send(long socket, String text) throws IOException {
        Bench.check("WSASend", end(note(beginSend(socket, bench.bytes(text)))));
    }

    Started startReceiveFrom(long socket, int bytes) throws IOException {
        MemorySegment room = bench.room(bytes);
        MemorySegment overlapped = bench.overlapped();
        MemorySegment count = bench.number(0);
        int result = bench.winsock().wsaRecvFrom(
                bench.capture, socket, bench.buffer(room).address(), 1, count.address(), bench.number(0).address(),
                bench.room(SocketAddressCodec.ROOM).address(), bench.number(SocketAddressCodec.ROOM).address(),
                overlapped.address(), 0);
        return note(new Started("WSARecvFrom", socket, overlapped, room, count, result));
    }

    Started startSendTo(long socket, String text, InetSocketAddress to) throws IOException {
        MemorySegment name = bench.room(SocketAddressCodec.ROOM);
        int nameBytes = name(name, to);
        MemorySegment data = bench.bytes(text);
        MemorySegment overlapped = bench.overlapped();
        MemorySegment count = bench.number(0);
        int result = bench.winsock().wsaSendTo(
                bench.capture, socket, bench.buffer(data).address(), 1, count.address(), 0, name.address(), nameBytes,
                overlapped.address(), 0);
        return note(new Started("WSASendTo", socket, overlapped, data, count, result));
    }

    void sendTo(long socket, String text, InetSocketAddress to) throws IOException {
        Bench.check("WSASendTo", end(startSendTo(socket, text, to)));
    }

    /** A {@code WSAMSG}. */
    MemorySegment message(MemorySegment name, int nameBytes, MemorySegment data, MemorySegment control) {
        MemorySegment message = bench.arena.allocate(Wsamsg.LAYOUT);
        Wsamsg.name(message, 0, name.address());
        Wsamsg.namelen(message, 0, nameBytes);
        Wsamsg.lpBuffers(message, 0, bench.buffer(data).address());
        Wsamsg.dwBufferCount(message, 0, 1);
        Wsabuf.len(message, Wsamsg.CONTROL, (int) control.byteSize());
        Wsabuf.buf(message, Wsamsg.CONTROL, control.address());
        return message;
    }

    /** Sends a datagram, or a train, with control data; bytes or a negated code. */
    int sendMessage(long socket, MemorySegment data, InetSocketAddress to, MemorySegment control) throws IOException {
        MemorySegment name = bench.room(SocketAddressCodec.ROOM);
        int nameBytes = name(name, to);
        MemorySegment message = message(name, nameBytes, data, control);
        MemorySegment overlapped = bench.overlapped();
        MemorySegment count = bench.number(0);
        int result = bench.extensions().wsaSendMsg(
                bench.capture, socket, message.address(), 0, count.address(), overlapped.address(), 0);
        return end(note(new Started("WSASendMsg", socket, overlapped, data, count, result)));
    }

    /** The receive of a datagram with its control data, which {@code room} stands for here. */
    Started startReceiveMessage(long socket, MemorySegment message) throws IOException {
        MemorySegment overlapped = bench.overlapped();
        MemorySegment count = bench.number(0);
        int result = bench.extensions().wsaRecvMsg(
                bench.capture, socket, message.address(), count.address(), overlapped.address(), 0);
        return note(new Started("WSARecvMsg", socket, overlapped, message, count, result));
    }

    /** Opens a port's worth of bytes for reading what an {@code OVERLAPPED} says. */
    static String overlappedSays(MemorySegment overlapped) {
        return "status 0x" + Integer.toHexString(Overlapped.internal(overlapped, 0)) + ", "
                + Overlapped.internalHigh(overlapped, 0) + " bytes";
    }

    /** A pair of 16-bit numbers, as several control codes take them. */
    MemorySegment shorts(int first, int second) {
        MemorySegment pair = bench.arena.allocate(Integer.BYTES, Long.BYTES);
        pair.set(ValueLayout.JAVA_SHORT, 0, (short) first);
        pair.set(ValueLayout.JAVA_SHORT, Short.BYTES, (short) second);
        return pair;
    }
}
