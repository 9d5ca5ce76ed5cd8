// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

import static org.assertj.core.api.Assertions.assertThat;

/** Servers, clients and plain sockets on loopback. */
final class Tcp {
    static final int SECONDS = 60;
    /** A bound that no test lives to see: a close that waits for it fails the test. */
    static final int NEVER_MILLIS = (int) TimeUnit.HOURS.toMillis(1);

    private Tcp() {}

    static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[]{127, 0, 0, 1});
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static ServerBootstrap server(Loops loops, Supplier<ChannelHandler> child) {
        return new ServerBootstrap()
                .group(loops.group())
                .channel(IocpServerSocketChannel.class)
                .childHandler(initializer(child));
    }

    static Bootstrap client(Loops loops, Supplier<ChannelHandler> handler) {
        return new Bootstrap()
                .group(loops.group())
                .channel(IocpSocketChannel.class)
                .handler(initializer(handler));
    }

    static ChannelInitializer<Channel> initializer(Supplier<ChannelHandler> handler) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(handler.get());
            }
        };
    }

    static Channel bind(ServerBootstrap server) throws Exception {
        return await(server.bind(new InetSocketAddress(loopback(), 0)));
    }

    static Channel connect(Bootstrap client, InetSocketAddress to) throws Exception {
        return await(client.connect(to));
    }

    static Channel await(ChannelFuture future) throws Exception {
        awaitDone(future);
        if (!future.isSuccess()) {
            throw new AssertionError("failed", future.cause());
        }
        return future.channel();
    }

    static InetSocketAddress address(Channel channel) {
        return (InetSocketAddress) channel.localAddress();
    }

    static InetSocketAddress address(ServerSocket plain) {
        return new InetSocketAddress(loopback(), plain.getLocalPort());
    }

    /** Waits until it is done, whether it succeeded or not. */
    static void awaitDone(ChannelFuture future) throws InterruptedException {
        assertThat(future.await(SECONDS, TimeUnit.SECONDS)).as("done in time: %s", future).isTrue();
    }

    static ServerSocket plainServer() throws IOException {
        return new ServerSocket(0, 500, loopback());
    }

    static Socket plainClient(InetSocketAddress to) throws IOException {
        Socket socket = new Socket(loopback(), to.getPort());
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(SECONDS));
        return socket;
    }

    /** Deterministic bytes. */
    static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Reads to the end of the stream; the checksum of what came. */
    static long checksum(InputStream in) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            sum.update(buffer, 0, n);
        }
        return sum.getValue();
    }

    /** A block that starts with its number: no two are the same. */
    static ByteBuf numbered(ByteBuf into, byte[] block, int number) {
        return into.writeInt(number).writeBytes(block, Integer.BYTES, block.length - Integer.BYTES);
    }

    /** The checksum of so many numbered blocks. */
    static long checksum(byte[] block, int times) {
        CRC32C sum = new CRC32C();
        ByteBuf next = Unpooled.buffer(block.length);
        for (int i = 0; i < times; i++) {
            sum.update(numbered(next.clear(), block, i).array(), 0, block.length);
        }
        return sum.getValue();
    }

    static void write(OutputStream out, byte[] block, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            out.write(block);
        }
        out.flush();
    }
}
