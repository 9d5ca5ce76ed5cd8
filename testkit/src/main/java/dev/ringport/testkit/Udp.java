// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.datagram.DatagramTransport;
import dev.ringport.testrules.UnseenFailures;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * One loop of a transport with its channels, and peers on the JDK's own implementation to hold against them.
 *
 * @param <C> the transport's channel
 */
public class Udp<C extends CompletionDatagramChannel> implements AutoCloseable {
    /** How long an event may take before a test fails. */
    public static final int PATIENCE_SECONDS = 30;
    /** Room in a socket for all that a test sends, where the system gives so much. */
    public static final int RECEIVE_BUFFER = 32 << 20;
    /** IPv4's loopback, any port. */
    public static final InetSocketAddress INET = at("127.0.0.1", 0);
    /** IPv6's loopback, any port. */
    public static final InetSocketAddress INET6 = at("::1", 0);

    private final DatagramTransport<C, ?> transport;
    private final EventLoopGroup group;
    private final List<Channel> channels = new ArrayList<>();
    private final List<Recorder> recorders = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();

    /** With a handler of default sizes. */
    public Udp(DatagramTransport<C, ?> transport) {
        this(transport, transport.newHandlerFactory());
    }

    public Udp(DatagramTransport<C, ?> transport, IoHandlerFactory factory) {
        this.transport = transport;
        group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("udp-test", true), factory);
    }

    /** The address that is written so. */
    public static InetSocketAddress at(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }

    public EventLoopGroup group() {
        return group;
    }

    /** A bootstrap of IPv4 channels on the loop. */
    public Bootstrap bootstrap(ChannelHandler handler) {
        return bootstrap(SocketProtocolFamily.INET, handler);
    }

    public Bootstrap bootstrap(SocketProtocolFamily family, ChannelHandler handler) {
        if (handler instanceof Recorder recorder) {
            recorders.add(recorder);
        }
        return new Bootstrap()
                .group(group)
                .channelFactory(() -> transport.newChannel(family))
                .handler(handler);
    }

    /** A channel bound to IPv4's loopback. */
    public C bind(ChannelHandler handler) {
        return bind(bootstrap(handler), INET);
    }

    public C bind(Bootstrap bootstrap, SocketAddress local) {
        return opened(bootstrap.bind(local));
    }

    /** A channel of a family, dual stack if that is INET6. */
    public C bind(SocketProtocolFamily family, SocketAddress local, ChannelHandler handler) {
        return bind(bootstrap(family, handler), local);
    }

    /** Waits for the future and closes its channel at the end of the test. */
    public C opened(ChannelFuture future) {
        await(future);
        channels.add(future.channel());
        return transport.channelClass().cast(future.channel());
    }

    /** A peer at IPv4's loopback. */
    public Peer peer() {
        return peer(INET);
    }

    public Peer peer(InetSocketAddress local) {
        Peer peer = new Peer(transport, local);
        peers.add(peer);
        return peer;
    }

    /** Waits for success. */
    public static void await(Future<?> future) {
        if (!future.awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("not done in time: " + future);
        }
        if (!future.isSuccess()) {
            throw new AssertionError("failed", future.cause());
        }
    }

    /** Waits for failure and answers the cause. */
    public static Throwable failure(Future<?> future) {
        if (!future.awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("not done in time: " + future);
        }
        return Objects.requireNonNull(future.cause(), "succeeded");
    }

    /** Waits until something that no event announces has come to be. */
    public static void until(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not come to be");
            }
            Thread.sleep(1);
        }
    }

    /** Bytes that tell a datagram from others: a number, then a pattern of it. */
    public static byte[] numbered(int number, int length) {
        byte[] bytes = new byte[length];
        ByteBuffer.wrap(bytes).putInt(number);
        Arrays.fill(bytes, Integer.BYTES, length, (byte) (number * 31));
        return bytes;
    }

    /** A direct buffer with the bytes. */
    public static ByteBuf direct(byte[] bytes) {
        return Unpooled.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }

    /** Fails if a pipeline was told of an exception that the test did not take. */
    @Override
    public void close() {
        for (Channel channel : channels) {
            await(channel.close());
        }
        for (Recorder recorder : recorders) {
            recorder.release();
        }
        for (Peer peer : peers) {
            peer.close();
        }
        await(group.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS));
        for (Recorder recorder : recorders) {
            if (!recorder.errors.isEmpty()) {
                throw new AssertionError("an exception that the test did not take", recorder.errors.peek());
            }
        }
    }

    /** Keeps what a channel hands up. */
    @ChannelHandler.Sharable
    public static final class Recorder extends ChannelInboundHandlerAdapter {
        public final BlockingQueue<DatagramPacket> packets = new LinkedBlockingQueue<>();
        public final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();
        public final AtomicInteger readCompletes = new AtomicInteger();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            packets.add((DatagramPacket) message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            readCompletes.incrementAndGet();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            UnseenFailures.seen(cause);
            errors.add(cause);
        }

        /** The next packet; the caller releases it. */
        public DatagramPacket take() {
            return poll(packets);
        }

        /** The next packet's bytes. */
        public byte[] takeBytes() {
            DatagramPacket packet = take();
            try {
                return ByteBufUtil.getBytes(packet.content());
            } finally {
                packet.release();
            }
        }

        public Throwable takeError() {
            return poll(errors);
        }

        private static <T> T poll(BlockingQueue<T> queue) {
            try {
                T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("nothing came in time");
                }
                return next;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Gives back what nobody took. */
        public void release() {
            while (!packets.isEmpty()) {
                ReferenceCountUtil.release(packets.poll());
            }
        }
    }

    /** What a peer received. */
    public static final class Datagram {
        private final byte[] content;
        private final InetSocketAddress sender;

        Datagram(byte[] content, InetSocketAddress sender) {
            this.content = content;
            this.sender = sender;
        }

        public byte[] content() {
            return content;
        }

        public InetSocketAddress sender() {
            return sender;
        }
    }

    /** A socket of the JDK's. */
    public static final class Peer implements AutoCloseable {
        private static final int ROOM = 70_000;

        private final DatagramChannel channel;

        Peer(DatagramTransport<?, ?> transport, InetSocketAddress local) {
            try {
                boolean inet6 = local.getAddress().getAddress().length == 16;
                channel = DatagramChannel.open(inet6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
                channel.bind(local);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
                transport.enlargeReceiveBuffer(address(), RECEIVE_BUFFER);
                channel.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 20);
                channel.socket().setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public DatagramChannel channel() {
            return channel;
        }

        public InetSocketAddress address() {
            try {
                return (InetSocketAddress) channel.getLocalAddress();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public void send(byte[] content, SocketAddress to) {
            try {
                channel.send(ByteBuffer.wrap(content), to);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public Datagram receive() {
            java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[ROOM], ROOM);
            try {
                channel.socket().receive(packet);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            InetAddress from = packet.getAddress();
            return new Datagram(
                    Arrays.copyOf(packet.getData(), packet.getLength()), new InetSocketAddress(from, packet.getPort()));
        }

        /** Whether nothing waits in the socket. */
        public boolean isIdle() {
            try {
                channel.configureBlocking(false);
                try {
                    return channel.receive(ByteBuffer.allocate(1)) == null;
                } finally {
                    channel.configureBlocking(true);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
