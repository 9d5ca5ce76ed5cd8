// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.datagram;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.testkit.Udp;
import dev.ringport.testkit.Udp.Peer;
import dev.ringport.testkit.Udp.Recorder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.IllegalReferenceCountException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What cannot be sent fails on its own promise; what stands before and behind it is sent. */
public abstract class BadInputContract extends UdpContract {
    protected BadInputContract(DatagramTransport<?, ?> transport) {
        super(transport);
    }

    private static final InetSocketAddress UNRESOLVED = InetSocketAddress.createUnresolved("ringport.invalid", 9);

    private static Arguments of(
            String name, Class<? extends Throwable> expected, Function<InetSocketAddress, Object> message) {
        return arguments(name, expected, message);
    }

    private static ByteBuf bytes(int length) {
        return Udp.direct(new byte[length]);
    }

    private static ByteBuf released() {
        ByteBuf buffer = bytes(10);
        buffer.release();
        return buffer;
    }

    static Stream<Arguments> refused() {
        InetSocketAddress inet6 = Udp.at("::1", 9);
        SocketAddress unix = UnixDomainSocketAddress.of("ringport");
        return Stream.of(
                of("unresolved recipient", UnresolvedAddressException.class,
                        peer -> new DatagramPacket(bytes(1), UNRESOLVED)),
                of("unresolved recipient of an envelope", UnresolvedAddressException.class,
                        peer -> new DefaultAddressedEnvelope<>(bytes(1), UNRESOLVED)),
                of("recipient of the other family", UnsupportedAddressTypeException.class,
                        peer -> new DatagramPacket(bytes(1), inet6)),
                of("segmented packet to the other family", UnsupportedAddressTypeException.class,
                        peer -> new SegmentedDatagramPacket(bytes(100), 10, inet6)),
                of("recipient that is no internet address", UnsupportedOperationException.class,
                        peer -> new DefaultAddressedEnvelope<>(bytes(1), unix)),
                of("too long", SocketException.class, peer -> new DatagramPacket(bytes(65_508), peer)),
                of("envelope too long", SocketException.class,
                        peer -> new DefaultAddressedEnvelope<>(bytes(65_508), peer)),
                of("segment too long", SocketException.class,
                        peer -> new SegmentedDatagramPacket(bytes(70_000), 66_000, peer)),
                of("message of another type", UnsupportedOperationException.class, peer -> "text"),
                of("envelope of another type", UnsupportedOperationException.class,
                        peer -> new DefaultAddressedEnvelope<>("text", peer)),
                of("released buffer", IllegalReferenceCountException.class,
                        peer -> new DatagramPacket(released(), peer)),
                of("released bare buffer", IllegalReferenceCountException.class, peer -> released()),
                of("released buffer in an envelope", IllegalReferenceCountException.class,
                        peer -> new DefaultAddressedEnvelope<>(released(), peer)),
                of("neither recipient nor connection", NotYetConnectedException.class, peer -> bytes(1)),
                of("envelope without recipient or connection", NotYetConnectedException.class,
                        peer -> new DefaultAddressedEnvelope<>(bytes(1), null, peer)),
                of("port 0", SocketException.class,
                        peer -> new DatagramPacket(bytes(1), Udp.at("127.0.0.1", 0))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    protected final void failsOnItsOwnPromise(
            String name, Class<? extends Throwable> expected, Function<InetSocketAddress, Object> message) {
        CompletionDatagramChannel channel = udp.bind(SocketProtocolFamily.INET, new InetSocketAddress(0),
                new Recorder());
        Peer peer = udp.peer();
        ChannelFuture before = channel.write(new DatagramPacket(bytes(5), peer.address()));
        ChannelFuture bad = channel.write(message.apply(peer.address()));
        ChannelFuture after = channel.write(new DatagramPacket(bytes(6), peer.address()));
        channel.flush();
        assertThat(Udp.failure(bad)).as(name).isInstanceOf(expected);
        Udp.await(before);
        Udp.await(after);
        assertThat(peer.receive().content()).hasSize(5);
        assertThat(peer.receive().content()).hasSize(6);
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.isWritable()).isTrue();
    }

    @Test
    protected void theListOfWhatIsTakenStandsInTheMessage() {
        CompletionDatagramChannel channel = udp.bind(new Recorder());
        assertThat(Udp.failure(channel.writeAndFlush("text")))
                .hasMessageContaining("String")
                .hasMessageContaining("DatagramPacket")
                .hasMessageContaining("AddressedEnvelope")
                .hasMessageContaining("ByteBuf");
    }

    @Test
    protected void whatIsRefusedIsReleasedOnce() {
        CompletionDatagramChannel channel = udp.bind(new Recorder());
        ByteBuf unresolved = bytes(1);
        ByteBuf tooLong = bytes(65_508);
        ByteBuf unconnected = bytes(1);
        Udp.failure(channel.writeAndFlush(new DatagramPacket(unresolved, UNRESOLVED)));
        Udp.failure(channel.writeAndFlush(new DatagramPacket(tooLong, Udp.INET)));
        Udp.failure(channel.writeAndFlush(unconnected));
        assertThat(unresolved.refCnt()).isZero();
        assertThat(tooLong.refCnt()).isZero();
        assertThat(unconnected.refCnt()).isZero();
    }

    @Test
    protected void aBufferReleasedBehindTheChannelsBackFailsAlone() {
        CompletionDatagramChannel channel = udp.bind(new Recorder());
        Peer peer = udp.peer();
        ByteBuf doomed = bytes(7);
        ChannelFuture bad = channel.write(new DatagramPacket(doomed, peer.address()));
        Udp.await(channel.eventLoop().submit(() -> {}));
        doomed.release();
        ChannelFuture good = channel.writeAndFlush(new DatagramPacket(bytes(8), peer.address()));
        assertThat(Udp.failure(bad)).isInstanceOf(IllegalReferenceCountException.class);
        Udp.await(good);
        assertThat(peer.receive().content()).hasSize(8);
    }

    @Test
    protected void aBufferThatThrowsWhenItIsReadFailsAloneAndCostsNoSlot() {
        CompletionDatagramChannel channel = udp.bind(new Recorder());
        Peer peer = udp.peer();
        for (int i = 0; i < transport.rounds(600); i++) {
            CompositeByteBuf broken = new BrokenComposite();
            broken.addComponents(true, bytes(7), bytes(7));
            assertThat(Udp.failure(channel.writeAndFlush(new DatagramPacket(broken, peer.address()))))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(broken.refCnt()).isZero();
        }
        Udp.await(channel.writeAndFlush(new DatagramPacket(bytes(8), peer.address())));
        assertThat(peer.receive().content()).hasSize(8);
    }

    private static final class BrokenComposite extends CompositeByteBuf {
        BrokenComposite() {
            super(UnpooledByteBufAllocator.DEFAULT, true, 8);
        }

        @Override
        public ByteBuffer[] nioBuffers(int index, int length) {
            throw new IllegalStateException("broken");
        }
    }

    @Test
    protected void badAddressesForBindFailAndLeaveTheChannelUsable() {
        CompletionDatagramChannel channel = udp.opened(udp.bootstrap(new Recorder()).register());
        assertThat(Udp.failure(channel.bind(UNRESOLVED))).isInstanceOf(UnresolvedAddressException.class);
        assertThat(Udp.failure(channel.bind(Udp.at("::1", 0)))).isInstanceOf(UnsupportedAddressTypeException.class);
        assertThat(Udp.failure(channel.connect(Udp.at("127.0.0.1", 9), UNRESOLVED)))
                .isInstanceOf(UnresolvedAddressException.class);
        assertThat(channel.isOpen()).isTrue();
        Peer peer = udp.peer();
        Udp.await(channel.connect(peer.address()));
        Udp.await(channel.writeAndFlush(bytes(3)));
        assertThat(peer.receive().content()).hasSize(3);
    }

    /** Nothing is sent: each is refused by the system, or before. */
    static Stream<Arguments> addressesThatCannotBeConnectedTo() {
        return Stream.of(
                arguments(UNRESOLVED, UnresolvedAddressException.class),
                arguments(Udp.at("::1", 9), UnsupportedAddressTypeException.class),
                arguments(Udp.at("255.255.255.255", 9), IOException.class));
    }

    @ParameterizedTest
    @MethodSource("addressesThatCannotBeConnectedTo")
    protected void aConnectThatFailsClosesTheChannel(InetSocketAddress to, Class<? extends Throwable> cause) {
        for (boolean bound : new boolean[]{false, true}) {
            CompletionDatagramChannel channel = bound
                    ? udp.bind(new Recorder())
                    : udp.opened(udp.bootstrap(new Recorder()).register());
            assertThat(Udp.failure(channel.connect(to))).isInstanceOf(cause);
            assertThat(channel.isOpen()).as("open after a failed connect, bound: %s", bound).isFalse();
            assertThat(channel.closeFuture().isSuccess()).isTrue();
        }
    }

    @Test
    protected void aSecondBindFailsAndLeavesTheChannelUsable() {
        CompletionDatagramChannel channel = udp.bind(new Recorder());
        InetSocketAddress bound = channel.localAddress();
        Peer peer = udp.peer();
        assertThat(Udp.failure(channel.bind(Udp.at("127.0.0.1", 0)))).isInstanceOf(AlreadyBoundException.class);
        assertThat(Udp.failure(channel.connect(peer.address(), Udp.at("127.0.0.1", 0))))
                .isInstanceOf(AlreadyBoundException.class);
        assertThat(channel.isConnected()).isFalse();
        Udp.await(channel.connect(peer.address()));
        assertThat(Udp.failure(channel.bind(Udp.at("127.0.0.1", 0)))).isInstanceOf(AlreadyBoundException.class);
        assertThat(channel.localAddress()).isEqualTo(bound);
        Udp.await(channel.writeAndFlush(bytes(3)));
        assertThat(peer.receive().sender()).isEqualTo(bound);
    }

    @Test
    protected void anAddressInUseCannotBeBoundAgain() {
        CompletionDatagramChannel channel = udp.bind(new Recorder());
        ChannelFuture second = udp.bootstrap(new Recorder()).bind(channel.localAddress());
        assertThat(Udp.failure(second)).isInstanceOf(BindException.class);
    }
}
