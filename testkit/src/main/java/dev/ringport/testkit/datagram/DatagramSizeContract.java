// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Datagram;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The smallest and the largest datagrams, and those that are longer than expected. */
public abstract class DatagramSizeContract extends UdpContract {
    protected DatagramSizeContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private static final int MAX_INET = 65_507;
    private static final int MAX_INET6 = 65_527;

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void emptyDatagramsArriveAmongOthersInTheirPlace(boolean autoRead) {
        CompletionDatagramChannel channel = udp.bind(udp.bootstrap(received).option(ChannelOption.AUTO_READ, autoRead),
                Udp.INET);
        Peer peer = udp.peer();
        int[] lengths = {0, 5, 0, 0, 7, 1, 0};
        for (int length : lengths) {
            peer.send(random(length), channel.localAddress());
        }
        for (int length : lengths) {
            if (!autoRead) {
                channel.read();
            }
            DatagramPacket packet = received.take();
            assertThat(packet.sender()).isEqualTo(peer.address());
            assertThat(packet.content().readableBytes()).isEqualTo(length);
            packet.release();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    protected void emptyDatagramsLeaveAmongOthersInTheirPlace(boolean segmentation) {
        CompletionDatagramChannel channel = udp.bind(received);
        channel.config().setOption(transport.autoSegmentation(), segmentation);
        Peer peer = udp.peer();
        int[] lengths = {0, 9, 9, 0, 0, 3, 3, 3, 0};
        List<ChannelFuture> writes = new ArrayList<>();
        for (int length : lengths) {
            writes.add(channel.write(new DatagramPacket(Unpooled.directBuffer().writeZero(length), peer.address())));
        }
        writes.add(channel.write(new DatagramPacket(Unpooled.EMPTY_BUFFER, peer.address())));
        channel.flush();
        for (int length : lengths) {
            Datagram datagram = peer.receive();
            assertThat(datagram.content()).hasSize(length);
            assertThat(datagram.sender()).isEqualTo(channel.localAddress());
        }
        assertThat(peer.receive().content()).isEmpty();
        writes.forEach(Udp::await);
    }

    @Test
    protected void largestDatagramToInetTravelsBothWays() {
        largest(SocketProtocolFamily.INET, Udp.INET, Udp.INET, MAX_INET);
    }

    @Test
    protected void largestDatagramToInet6TravelsBothWays() {
        largest(SocketProtocolFamily.INET6, Udp.INET6, Udp.INET6, MAX_INET6);
    }

    @Test
    protected void largestDatagramToMappedInetTravelsBothWays() {
        largest(SocketProtocolFamily.INET6, Udp.at("::", 0), Udp.INET, MAX_INET);
    }

    private void largest(SocketProtocolFamily family, InetSocketAddress local, InetSocketAddress remote, int max) {
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(family, received)
                        .option(ChannelOption.SO_SNDBUF, 1 << 20)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_535)),
                local);
        Peer peer = udp.peer(remote);
        byte[] content = random(max);
        Udp.await(channel.writeAndFlush(new DatagramPacket(Udp.direct(content), peer.address())));
        Datagram datagram = peer.receive();
        assertThat(datagram.content()).isEqualTo(content);
        assertThat(datagram.sender().getPort()).isEqualTo(channel.localAddress().getPort());

        Throwable tooLong = Udp.failure(
                channel.writeAndFlush(new DatagramPacket(Udp.direct(random(max + 1)), peer.address())));
        assertThat(tooLong).isInstanceOf(SocketException.class).hasMessageContaining(Integer.toString(max));
        assertThat(channel.isOpen()).isTrue();

        peer.send(content, new InetSocketAddress(remote.getAddress(), channel.localAddress().getPort()));
        DatagramPacket packet = received.take();
        assertThat(packet.content()).isEqualTo(Unpooled.wrappedBuffer(content));
        assertThat(packet.sender()).isEqualTo(peer.address());
        assertThat(packet.recipient()).isEqualTo(channel.localAddress());
        packet.release();
    }

    @Test
    protected void tooLongOnAConnectedChannelFailsOnItsPromiseAlone() {
        Peer peer = udp.peer();
        CompletionDatagramChannel channel = udp.opened(udp.bootstrap(received).connect(peer.address()));
        ChannelFuture before = channel.write(Udp.direct(random(10)));
        ChannelFuture tooLong = channel.write(Udp.direct(random(MAX_INET + 1)));
        ChannelFuture after = channel.write(Udp.direct(random(11)));
        channel.flush();
        Udp.await(before);
        Udp.await(after);
        assertThat(Udp.failure(tooLong)).isInstanceOf(SocketException.class).hasMessageContaining("Message too long");
        assertThat(peer.receive().content()).hasSize(10);
        assertThat(peer.receive().content()).hasSize(11);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 2_048, 5_000, 65_535})
    protected void whatIsLongerThanTheAllocatorGuessesIsCutAsNioCutsIt(int guess) {
        FixedRecvByteBufAllocator allocator = new FixedRecvByteBufAllocator(guess);
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(received).option(ChannelOption.RECVBUF_ALLOCATOR, allocator), Udp.INET);
        Recorder nioReceived = new Recorder();
        EventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            InetSocketAddress nioAddress = (InetSocketAddress) new Bootstrap()
                    .group(nio)
                    .channel(NioDatagramChannel.class)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, allocator)
                    .handler(nioReceived)
                    .bind(Udp.INET)
                    .syncUninterruptibly()
                    .channel()
                    .localAddress();
            Peer peer = udp.peer();
            for (int length : new int[]{guess, guess + 1, 1, 3_000, guess - 1, 20_000}) {
                byte[] content = random(Math.max(1, Math.min(length, MAX_INET)));
                peer.send(content, channel.localAddress());
                peer.send(content, nioAddress);
                byte[] whole = received.takeBytes();
                assertThat(whole).isEqualTo(nioReceived.takeBytes());
                assertThat(whole).isEqualTo(Arrays.copyOf(content, Math.min(content.length, guess)));
            }
        } finally {
            Udp.await(nio.shutdownGracefully(0, Udp.PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        assertTruncated(channel, guess < 20_000);
    }

    /** Checks what the transport tells of the channel's datagrams that were cut: some, or none. */
    protected abstract void assertTruncated(CompletionDatagramChannel channel, boolean some);

    @Test
    protected void maxDatagramPayloadSizeOutranksTheGuessAndMayChangeAtAnyTime() {
        CompletionDatagramChannel channel = udp.bind(received);
        Peer peer = udp.peer();
        peer.send(random(5_000), channel.localAddress());
        assertThat(received.takeBytes()).hasSize(2_048);
        for (int size : new int[]{4_000, 100, 65_535, 2_000, 0}) {
            assertThat(channel.config().setOption(MAX_DATAGRAM_PAYLOAD_SIZE, size)).isTrue();
            Udp.await(channel.eventLoop().submit(() -> {}));
            peer.send(random(9_000), channel.localAddress());
            int expected = Math.min(9_000, size == 0 ? 2_048 : size);
            assertThat(received.takeBytes()).isEqualTo(Arrays.copyOf(random(9_000), expected));
        }
    }

    @Test
    protected void anAllocatorThatAdaptsComesToExpectWhatArrives() {
        CompletionDatagramChannel channel = udp.bind(
                udp.bootstrap(received)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 1_024, 65_536)),
                Udp.INET);
        Peer peer = udp.peer();
        byte[] content = random(30_000);
        int length = 0;
        for (int i = 0; i < 20 && length < content.length; i++) {
            peer.send(content, channel.localAddress());
            byte[] part = received.takeBytes();
            assertThat(part).isEqualTo(Arrays.copyOf(content, part.length)).hasSizeGreaterThanOrEqualTo(length);
            length = part.length;
            Udp.await(channel.eventLoop().submit(() -> {}));
        }
        assertThat(length).isEqualTo(content.length);
    }
}
