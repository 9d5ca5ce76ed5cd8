// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.DatagramFaults.Packets;
import dev.ringport.testrules.UnseenFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.assertThat;

/** A loop whose calls a test answers, and a plain server that its connections go to. */
final class StreamFaults implements AutoCloseable {
    static final int STATUS_CANCELLED = 0xC0000120;
    static final int STATUS_INSUFFICIENT_RESOURCES = 0xC000009A;

    final ReplacedCalls calls = new ReplacedCalls();
    final Loops loops;
    final ServerSocket plain;
    /** OVERLAPPEDs by what was posted with them. */
    final Set<Long> receives = ConcurrentHashMap.newKeySet();
    final Set<Long> sends = ConcurrentHashMap.newKeySet();
    /** As {@link StreamEnds#of}. */
    final List<String> ends = StreamEnds.of(calls);
    /** What the pipelines heard: arrays of bytes, exceptions, events, and the names of what has no value. */
    final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    StreamFaults() throws IOException {
        this(Ticker.systemTicker());
    }

    /** The loop's timers go by a clock of the test's. */
    StreamFaults(Ticker ticker) throws IOException {
        loops = new Loops(1, new IocpIoHandlerConfig().calls(calls.calls()), ticker);
        plain = Tcp.plainServer();
        calls.on("wsaRecv", (real, arguments) -> {
            receives.add((Long) arguments[6]);
            return real.call();
        });
        calls.on("wsaSend", (real, arguments) -> {
            sends.add((Long) arguments[6]);
            return real.call();
        });
    }

    /** Tells {@link #heard} everything. */
    private final class Listener extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            byte[] bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
            ReferenceCountUtil.release(message);
            heard.add(bytes);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            heard.add(event);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            UnseenFailures.seen(cause);
            heard.add(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            heard.add("inactive");
        }
    }

    Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loops.group())
                .channelFactory(() -> new IocpSocketChannel(calls.calls(), null))
                .handler(Tcp.initializer(Listener::new));
    }

    InetSocketAddress address() {
        return Tcp.address(plain);
    }

    IocpSocketChannel connect() throws Exception {
        return connect(bootstrap());
    }

    IocpSocketChannel connect(Bootstrap bootstrap) throws Exception {
        return (IocpSocketChannel) Tcp.connect(bootstrap, address());
    }

    Socket accept() throws IOException {
        Socket socket = plain.accept();
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(Tcp.SECONDS));
        return socket;
    }

    /** The next of that type, after others were passed by. */
    <T> T next(Class<T> type) throws InterruptedException {
        while (true) {
            Object next = heard.poll(Tcp.SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("nothing more was heard").isNotNull();
            if (type.isInstance(next)) {
                return type.cast(next);
            }
        }
    }

    /** So many bytes that the pipelines have heard, and others were passed by. */
    byte[] received(int bytes) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < bytes) {
            all.write(next(byte[].class));
        }
        return all.toByteArray();
    }

    /** What the loop's thread makes of it. */
    static ChannelFuture onLoop(EventLoop loop, Supplier<ChannelFuture> begun) throws Exception {
        AtomicReference<ChannelFuture> made = new AtomicReference<>();
        loop.submit(() -> made.set(begun.get())).sync();
        return made.get();
    }

    /** Lets a test see all packets from now on. */
    void onPackets(Packets packets) {
        calls.on("getQueuedCompletionStatusEx", (real, arguments) -> {
            int count = (int) real.call();
            return count <= 0 ? count : packets.see(DatagramFaults.entries(arguments), count);
        });
    }

    /** Gives the packets of these operations another status. */
    static Packets answering(Set<Long> operations, int status) {
        return (entries, count) -> {
            for (int i = 0; i < count; i++) {
                if (operations.contains(DatagramFaults.overlapped(entries, i))) {
                    DatagramFaults.status(entries, i, status);
                }
            }
            return count;
        };
    }

    void awaitNoOperations() throws Exception {
        loops.awaitNoOperations();
    }

    @Override
    public void close() throws IOException {
        plain.close();
        loops.close();
    }
}
