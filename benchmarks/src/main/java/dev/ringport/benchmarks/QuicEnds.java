// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A server and a client by Netty's QUIC codec. A client opens a stream and asks for a number of bytes by a long; the
 * server sends as many and ends the stream.
 */
final class QuicEnds {
    /** Longer than any pause of a run, so that a lost end shows as a failure. */
    private static final long IDLE_SECONDS = 30;
    private static final int STREAM_WINDOW = 4 << 20;
    private static final int CONNECTION_WINDOW = 16 << 20;
    private static final int CHUNK = 1 << 16;
    private static final String PROTOCOL = "bench";

    private QuicEnds() {}

    private static <B extends QuicCodecBuilder<B>> B common(B builder) {
        return builder.maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
                .initialMaxData(CONNECTION_WINDOW)
                .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW)
                .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
                .initialMaxStreamsBidirectional(16);
    }

    /**
     * The handler of a server's datagram channel.
     *
     * @param accepted takes each connection
     */
    static ChannelHandler server(Contender contender, Path keys, Consumer<QuicChannel> accepted)
            throws IOException, GeneralSecurityException {
        KeyPairFile pair = KeyPairFile.read(keys);
        return common(new QuicServerCodecBuilder())
                .sslContext(
                        QuicSslContextBuilder.forServer(pair.key(), null, pair.certificate())
                                .applicationProtocols(PROTOCOL)
                                .build())
                .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, contender.quicSegments())
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        accepted.accept((QuicChannel) ctx.channel());
                        ctx.fireChannelActive();
                    }
                })
                .streamHandler(new ChannelInitializer<QuicStreamChannel>() {
                    @Override
                    protected void initChannel(QuicStreamChannel stream) {
                        stream.pipeline().addLast(new Source());
                    }
                })
                .build();
    }

    /** Sends as many bytes as were asked for. */
    private static final class Source extends ChannelInboundHandlerAdapter {
        private long asked;
        private int askedBytes;
        private long left;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf request = (ByteBuf) message;
            while (request.isReadable() && askedBytes < Long.BYTES) {
                asked = asked << Byte.SIZE | request.readUnsignedByte();
                askedBytes++;
                if (askedBytes == Long.BYTES) {
                    left = asked;
                    send(ctx);
                }
            }
            request.release();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            send(ctx);
        }

        @SuppressWarnings("FutureReturnValueIgnored") // The client counts what came.
        private void send(ChannelHandlerContext ctx) {
            Channel stream = ctx.channel();
            while (left > 0 && stream.isWritable()) {
                int bytes = (int) Math.min(CHUNK, left);
                left -= bytes;
                ByteBuf chunk = ctx.alloc().directBuffer(bytes).writerIndex(bytes);
                ChannelFuture written = ctx.writeAndFlush(chunk);
                if (left == 0) {
                    written.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
                }
            }
        }
    }

    /** A client's connection to a server. */
    static final class Client {
        private static final long TIMEOUT_SECONDS = 300;

        private final Channel datagrams;
        private final QuicChannel connection;

        /** Connects to 127.0.0.1. */
        Client(Contender contender, EventLoop loop, int port, Path keys)
                throws IOException, GeneralSecurityException, InterruptedException, ExecutionException {
            QuicSslContext trust = QuicSslContextBuilder.forClient()
                    .trustManager(KeyPairFile.read(keys).certificate())
                    .applicationProtocols(PROTOCOL)
                    .build();
            datagrams = ServerProcess.bind(
                    contender,
                    loop,
                    common(new QuicClientCodecBuilder())
                            .sslEngineProvider(
                                    quic -> trust.newEngine(quic.alloc(), KeyPairFile.HOST, port))
                            .build());
            connection = QuicChannel.newBootstrap(datagrams)
                    .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, contender.quicSegments())
                    .handler(new ChannelInboundHandlerAdapter())
                    .remoteAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))
                    .connect()
                    .get();
        }

        /** Receives a stream of that length and answers how many nanoseconds passed from the request to its end. */
        long receive(long bytes) throws InterruptedException, ExecutionException, TimeoutException {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            QuicStreamChannel stream = connection.createStream(QuicStreamType.BIDIRECTIONAL, new Counter(bytes, ended))
                    .get();
            long start = System.nanoTime();
            stream.writeAndFlush(stream.alloc().directBuffer(Long.BYTES).writeLong(bytes)).sync();
            ended.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            long nanos = System.nanoTime() - start;
            stream.close().sync();
            return nanos;
        }

        void close() throws InterruptedException {
            connection.close().await();
            datagrams.close().await();
        }
    }

    /** Ends a future when all bytes have come. */
    private static final class Counter extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Void> ended;
        private long left;

        Counter(long bytes, CompletableFuture<Void> ended) {
            left = bytes;
            this.ended = ended;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf content = (ByteBuf) message;
            left -= content.readableBytes();
            content.release();
            if (left == 0) {
                ended.complete(null);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ended.completeExceptionally(new IOException("the stream ended with " + left + " bytes to come"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ended.completeExceptionally(cause);
        }
    }
}
