// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.udp;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WinsockConstants;
import dev.ringport.iocp.abi.Wsabuf;
import dev.ringport.iocp.abi.Wsamsg;
import dev.ringport.iocp.abi.Wsapollfd;
import dev.ringport.iocp.loop.OverlappedSocket;
import dev.ringport.net.ControlMessageWriter;
import dev.ringport.net.SocketAddressCodec;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import static dev.ringport.iocp.abi.WinsockConstants.IPPROTO_UDP;
import static dev.ringport.iocp.abi.WinsockConstants.UDP_SEND_MSG_SIZE;

/**
 * What the system does for datagrams besides sending and receiving them. A success of {@code WSASendMsg} does not prove
 * that it looked at the control data: a provider that does not would send a train as one long datagram. So before any
 * train is sent, segmentation is tried out on loopback, once a process, where sockets know the option, by a thread that
 * ends with it; until then datagrams leave one by one. Whether the way to a peer takes trains is another question, which
 * each path answers by itself.
 */
final class DatagramOffloads {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DatagramOffloads.class);
    private static final int SEGMENT = 8;
    private static final int WAIT_MILLIS = 100;
    /** A failure may be a lost datagram, so it is believed when it has come so often. */
    private static final int TRIALS = 3;
    private static final DatagramOffloads NONE = new DatagramOffloads(Verdict.NEGATIVE);
    private static final Map<WindowsCalls, DatagramOffloads> TRIED = Collections.synchronizedMap(new WeakHashMap<>());

    private enum Verdict { OPEN, POSITIVE, NEGATIVE }

    private volatile Verdict verdict;

    private DatagramOffloads(Verdict verdict) {
        this.verdict = verdict;
    }

    /** Those of this socket. The first of its kind starts the trial and does not wait for it. */
    static DatagramOffloads of(OverlappedSocket socket) {
        return knows(socket) ? TRIED.computeIfAbsent(socket.calls(), DatagramOffloads::onTrial) : NONE;
    }

    /** Whether sends are cut up, as far as is known by now. */
    boolean canSegment() {
        return verdict == Verdict.POSITIVE;
    }

    /** Whether the trial is over. */
    boolean isDecided() {
        return verdict != Verdict.OPEN;
    }

    private static DatagramOffloads onTrial(WindowsCalls calls) {
        DatagramOffloads offloads = new DatagramOffloads(Verdict.OPEN);
        try {
            Thread _ = Thread.ofPlatform().daemon().name("ringport-segmentation-trial")
                    .start(() -> offloads.verdict = tried(calls));
        } catch (OutOfMemoryError noThread) {
            LOGGER.warn("no thread to try segmented sends out: datagrams leave one by one", noThread);
            offloads.verdict = Verdict.NEGATIVE;
        }
        return offloads;
    }

    private static Verdict tried(WindowsCalls calls) {
        try {
            for (int i = 0; i < TRIALS; i++) {
                if (segments(calls)) {
                    return Verdict.POSITIVE;
                }
            }
            LOGGER.debug("sockets know UDP_SEND_MSG_SIZE, but loopback gave no datagram of that size");
        } catch (RuntimeException | Error failed) {
            LOGGER.debug("segmented sends cannot be tried out", failed);
        }
        return Verdict.NEGATIVE;
    }

    private static boolean knows(OverlappedSocket socket) {
        try {
            socket.getInt(IPPROTO_UDP, UDP_SEND_MSG_SIZE);
            return true;
        } catch (IOException unknown) {
            return false;
        }
    }

    /** Sends two datagrams with one call and looks whether two come. */
    private static boolean segments(WindowsCalls calls) {
        try {
            OverlappedSocket receiver = OverlappedSocket.open(calls, false, false);
            try {
                OverlappedSocket sender = OverlappedSocket.open(calls, false, false);
                try {
                    receiver.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), 0));
                    InetSocketAddress to = receiver.localAddress();
                    return to != null && segments(calls, sender, receiver, to);
                } finally {
                    sender.close();
                }
            } finally {
                receiver.close();
            }
        } catch (IOException noLoopback) {
            return false;
        }
    }

    private static boolean segments(WindowsCalls calls, OverlappedSocket from, OverlappedSocket to,
            InetSocketAddress address) {
        MemorySegment capture = NativeCalls.threadCapture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment payload = arena.allocate(2 * SEGMENT);
            MemorySegment buffer = arena.allocate(Wsabuf.LAYOUT);
            Wsabuf.len(buffer, 0, 2 * SEGMENT);
            Wsabuf.buf(buffer, 0, payload.address());
            MemorySegment name = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            MemorySegment control = arena.allocate(ControlMessageWriter.space(Integer.BYTES), Long.BYTES);
            MemorySegment message = arena.allocate(Wsamsg.LAYOUT);
            Wsamsg.name(message, 0, name.address());
            Wsamsg.namelen(message, 0, from.encode(name, address));
            Wsamsg.lpBuffers(message, 0, buffer.address());
            Wsamsg.dwBufferCount(message, 0, 1);
            Wsabuf.buf(message, Wsamsg.CONTROL, control.address());
            Wsabuf.len(message, Wsamsg.CONTROL, ControlMessageWriter.putInt(
                    control, 0, IPPROTO_UDP, UDP_SEND_MSG_SIZE, SEGMENT));
            MemorySegment sent = arena.allocate(ValueLayout.JAVA_INT);
            if (calls.extensions().wsaSendMsg(
                    capture, from.handle(), message.address(), 0, sent.address(), 0, 0) != 0) {
                return false;
            }
            MemorySegment poll = arena.allocate(Wsapollfd.LAYOUT);
            Wsapollfd.fd(poll, 0, to.handle());
            Wsapollfd.events(poll, 0, (short) WinsockConstants.POLLRDNORM);
            return calls.winsock().wsaPoll(capture, poll.address(), 1, WAIT_MILLIS) == 1
                    && calls.winsock().recv(capture, to.handle(), payload.address(), 2 * SEGMENT, 0) == SEGMENT;
        }
    }
}
