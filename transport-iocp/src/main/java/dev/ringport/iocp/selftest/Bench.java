// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.Kernel32;
import dev.ringport.iocp.abi.Ntdll;
import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.Qwave;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Winsock;
import dev.ringport.iocp.abi.WinsockExtensions;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsapollfd;
import dev.ringport.loop.KeptMemory;
import dev.ringport.net.AddressFamilies;
import dev.ringport.net.SocketAddressCodec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_TCP;
import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.POLLRDNORM;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_DGRAM;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_NO_HANDLE_INHERIT;
import static dev.ringport.iocp.abi.WinsockConstants.WSA_FLAG_OVERLAPPED;

/** What all steps share: the calls, memory, and every socket, so that whoever ends the test can close them. */
final class Bench {
    static final SocketAddressCodec CODEC = new SocketAddressCodec(new AddressFamilies(AF_INET, AF_INET6));
    /** For how long one step waits for what should come at once. */
    static final int PATIENCE_MILLIS = 2_000;

    /** One step. */
    interface Probe {
        /** Answers what it found, for the report; an empty text for nothing. */
        String run() throws Exception;
    }

    /** For giving back what was taken, which needs no time; all else goes by {@link #winsock()} and its like. */
    final WindowsCalls calls;
    final Report report;
    /** Freed when nobody can reach it: whoever was left waiting, or {@link KeptMemory}. */
    final Arena arena = Arena.ofAuto();
    /** For the thread of the steps alone. */
    final MemorySegment capture = arena.allocate(NativeCalls.CAPTURE);
    private final Set<Long> sockets = ConcurrentHashMap.newKeySet();
    /** Set before the sockets are closed under the thread of the steps: their numbers are others' from then on. */
    private volatile boolean over;

    Bench(WindowsCalls calls, Report report) {
        this.calls = calls;
        this.report = report;
    }

    /** Throws once the time is up. */
    void checkTime() throws IOException {
        expect(!over, "the time was up");
    }

    Winsock winsock() throws IOException {
        checkTime();
        return calls.winsock();
    }

    WinsockExtensions extensions() throws IOException {
        checkTime();
        return calls.extensions();
    }

    Kernel32 kernel32() throws IOException {
        checkTime();
        return calls.kernel32();
    }

    Qwave qwave() throws IOException {
        checkTime();
        return calls.qwave();
    }

    Ntdll ntdll() throws IOException {
        checkTime();
        return calls.ntdll();
    }

    /** Ends all steps, before their sockets are closed. From any thread. */
    void timeIsUp() {
        over = true;
    }

    /**
     * Runs a step that the later ones need.
     *
     * @throws IOException if it failed, after it was reported
     */
    void step(String name, Probe probe) throws IOException {
        checkTime();
        if (!run(name, probe, Report.Outcome.FAILED) || over) {
            throw new IOException("needs " + name);
        }
    }

    /** Runs a step of something that this system may lack. */
    void optional(String name, Probe probe) {
        if (!over) {
            boolean _ = run(name, probe, Report.Outcome.ABSENT);
        }
    }

    /** Gives back what the steps took: also when the time is up. */
    void cleanUp(String name, Probe probe) {
        boolean _ = run(name, probe, Report.Outcome.FAILED);
    }

    private boolean run(String name, Probe probe, Report.Outcome ifRefused) {
        boolean wasOver = over;
        report.begin(name);
        long start = System.nanoTime();
        String detail;
        Report.Outcome outcome;
        try {
            detail = probe.run();
            outcome = Report.Outcome.OK;
        } catch (IOException e) {
            detail = message(e);
            outcome = ifRefused;
        } catch (Throwable t) {
            detail = t.toString();
            outcome = Report.Outcome.FAILED;
        }
        // A step that the end of the time found under way is in the report already.
        if (over == wasOver) {
            report.add(name, outcome, (System.nanoTime() - start) / 1_000, detail);
        }
        return outcome == Report.Outcome.OK;
    }

    private static String message(Throwable t) {
        // What a close looks like to Netty's users carries the code in its cause.
        String message = t.getMessage();
        return message != null ? message : String.valueOf(t.getCause());
    }

    /** Throws the failure that a call answered. */
    static int check(String call, int result) throws IOException {
        if (result < 0) {
            throw new IOException(call + " failed: " + WindowsErrors.describe(-result));
        }
        return result;
    }

    static void expect(boolean as, String what) throws IOException {
        if (!as) {
            throw new IOException(what);
        }
    }

    long socket(boolean stream) throws IOException {
        long socket = winsock().wsaSocketW(
                capture, AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, stream ? IPPROTO_TCP : IPPROTO_UDP, 0, 0,
                WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
        return own("WSASocketW", socket);
    }

    long own(String call, long socket) throws IOException {
        check(call, (int) Math.min(socket, 0));
        sockets.add(socket);
        return socket;
    }

    /** Closes a socket, unless that was done. */
    void close(long socket) throws IOException {
        if (sockets.remove(socket)) {
            check("closesocket", calls.winsock().closesocket(NativeCalls.threadCapture(), socket));
        }
    }

    /** Closes what is left, also under a thread that waits in a call: from any thread. */
    void closeAll() {
        for (long socket : Set.copyOf(sockets)) {
            if (sockets.remove(socket)) {
                int _ = calls.winsock().closesocket(NativeCalls.threadCapture(), socket);
            }
        }
    }

    InetSocketAddress bind(long socket) throws IOException {
        MemorySegment name = name(new InetSocketAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), 0));
        check("bind", winsock().bind(capture, socket, name.address(), SocketAddressCodec.INET_BYTES));
        return localAddress(socket);
    }

    InetSocketAddress localAddress(long socket) throws IOException {
        MemorySegment name = room(SocketAddressCodec.ROOM);
        MemorySegment length = number(SocketAddressCodec.ROOM);
        check("getsockname", winsock().getsockname(capture, socket, name.address(), length.address()));
        return address(name, length);
    }

    static InetSocketAddress address(MemorySegment name, MemorySegment length) throws IOException {
        InetSocketAddress address = CODEC.read(name, 0, value(length));
        expect(address != null, "an address of no known family");
        return address == null ? new InetSocketAddress(0) : address;
    }

    /** Waits until a socket has something to read or to accept. */
    String awaitReadable(long socket) throws IOException {
        MemorySegment descriptor = arena.allocate(Wsapollfd.LAYOUT);
        Wsapollfd.fd(descriptor, 0, socket);
        Wsapollfd.events(descriptor, 0, POLLRDNORM);
        int ready = check("WSAPoll", winsock().wsaPoll(capture, descriptor.address(), 1, PATIENCE_MILLIS));
        expect(ready == 1, "nothing to read within " + PATIENCE_MILLIS + " ms");
        return "revents 0x" + Integer.toHexString(Wsapollfd.revents(descriptor, 0));
    }

    MemorySegment overlapped() {
        return arena.allocate(Overlapped.LAYOUT);
    }

    MemorySegment room(int bytes) {
        return arena.allocate(bytes, Long.BYTES);
    }

    MemorySegment number(int value) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, value);
    }

    static int value(MemorySegment number) {
        return number.get(ValueLayout.JAVA_INT, 0);
    }

    MemorySegment bytes(String text) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(StandardCharsets.US_ASCII));
    }

    MemorySegment wide(String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_16LE);
    }

    static String text(MemorySegment room, int bytes) {
        return new String(room.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    /** One {@code WSABUF}. */
    MemorySegment buffer(MemorySegment piece) {
        MemorySegment buffer = arena.allocate(Wsabuf.LAYOUT);
        Wsabuf.len(buffer, 0, (int) piece.byteSize());
        Wsabuf.buf(buffer, 0, piece.address());
        return buffer;
    }

    MemorySegment name(InetSocketAddress address) {
        MemorySegment name = room(SocketAddressCodec.ROOM);
        CODEC.write(name, 0, address.getAddress(), address.getPort(), false);
        return name;
    }
}
