// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.IocpCounters.Counter;
import dev.ringport.iocp.abi.OverlappedEntry;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** One datagram channel over calls that a test answers itself, and its peer. */
final class DatagramFaults implements AutoCloseable {
    /** Looks at the packets that the loop has just taken, and may change them. */
    interface Packets {
        /** The answer is how many are left. */
        int see(MemorySegment entries, int count);
    }

    final ReplacedCalls calls = new ReplacedCalls();
    final Recorder received = new Recorder();
    final Udp<IocpDatagramChannel> udp;
    final Peer peer;
    /** OVERLAPPEDs of receives, and of sends. */
    final Set<Long> receives = ConcurrentHashMap.newKeySet();
    final Set<Long> sends = ConcurrentHashMap.newKeySet();

    DatagramFaults() {
        this(new IocpIoHandlerConfig());
    }

    DatagramFaults(IocpIoHandlerConfig config) {
        calls.on("wsaRecvFrom", (real, arguments) -> {
            receives.add((Long) arguments[8]);
            return real.call();
        });
        calls.on("wsaSendTo", (real, arguments) -> {
            sends.add((Long) arguments[8]);
            return real.call();
        });
        udp = new Udp<>(IocpTransport.INSTANCE, IocpIoHandler.newFactory(config.calls(calls.calls())));
        peer = udp.peer();
    }

    Bootstrap bootstrap() {
        return new Bootstrap()
                .group(udp.group())
                .channelFactory(() -> new IocpDatagramChannel(calls.calls(), SocketProtocolFamily.INET))
                .handler(received);
    }

    IocpDatagramChannel bind() {
        return bind(bootstrap());
    }

    IocpDatagramChannel bind(Bootstrap bootstrap) {
        IocpDatagramChannel channel = udp.opened(bootstrap.bind(Udp.INET));
        untilTrialsAreOver();
        return channel;
    }

    /** Waits until it is known of all channels whether their sends are cut up. */
    static void untilTrialsAreOver() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("ringport-segmentation-trial")) {
                try {
                    thread.join(20_000);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    /** Sends while the loop can't receive, so that what is sent waits in the socket. */
    void sendAtOnce(IocpDatagramChannel channel, int datagrams, int length) throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        var busy = channel.eventLoop().submit(() -> sent.await(20, TimeUnit.SECONDS));
        for (int i = 0; i < datagrams; i++) {
            peer.send(Udp.numbered(i, length), channel.localAddress());
        }
        sent.countDown();
        assertThat(busy.get()).isTrue();
    }

    void expectReceived(int datagrams, int length) {
        for (int i = 0; i < datagrams; i++) {
            assertThat(received.takeBytes()).isEqualTo(Udp.numbered(i, length));
        }
    }

    /** As with a layered provider: calls that end at once post packets too. For channels that are opened afterwards. */
    void postAlways() {
        calls.on("setFileCompletionNotificationModes", (real, arguments) -> -WindowsErrors.WSAEOPNOTSUPP);
    }

    /** Lets a test see all packets from now on. */
    void onPackets(Packets packets) {
        calls.on("getQueuedCompletionStatusEx", (real, arguments) -> {
            int count = (int) real.call();
            return count <= 0 ? count : packets.see(entries(arguments), count);
        });
    }

    static MemorySegment entries(Object[] arguments) {
        return NativeMemory.at((Long) arguments[2], (Integer) arguments[3] * OverlappedEntry.BYTES);
    }

    static long overlapped(MemorySegment entries, int index) {
        return OverlappedEntry.lpOverlapped(entries, index * OverlappedEntry.BYTES);
    }

    /** The handler sees a wake-up instead. */
    static void forget(MemorySegment entries, int index) {
        entries.set(ValueLayout.JAVA_LONG, index * OverlappedEntry.BYTES + Long.BYTES, 0L);
    }

    static void status(MemorySegment entries, int index, int status) {
        entries.set(ValueLayout.JAVA_INT, index * OverlappedEntry.BYTES + 2L * Long.BYTES, status);
    }

    static void reverse(MemorySegment entries, int count) {
        byte[] all = entries.asSlice(0, count * OverlappedEntry.BYTES).toArray(ValueLayout.JAVA_BYTE);
        int size = (int) OverlappedEntry.BYTES;
        for (int i = 0; i < count; i++) {
            MemorySegment.copy(all, i * size, entries, ValueLayout.JAVA_BYTE, (long) (count - 1 - i) * size, size);
        }
    }

    static long count(IocpDatagramChannel channel, Counter counter) {
        IocpCounters counters = channel.counters();
        assertThat(counters).isNotNull();
        return counters.get(counter);
    }

    DatagramPacket packet(int number, int length, InetSocketAddress to) {
        return new DatagramPacket(Udp.direct(Udp.numbered(number, length)), to);
    }

    void expectNumbered(int from, int to, int length) {
        for (int i = from; i < to; i++) {
            assertThat(peer.receive().content()).isEqualTo(Udp.numbered(i, length));
        }
    }

    @Override
    public void close() {
        udp.close();
        received.release();
    }
}
