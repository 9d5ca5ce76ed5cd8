// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.quic;

import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelBootstrap;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;

/**
 * Lets Netty's QUIC codec, and with it HTTP/3, hand over up to 10 of its datagrams as one message, where the datagram channel
 * under it takes such messages: Ringport's do. Over others nothing changes, so one program serves all.
 *
 * <pre>{@code
 * RingportQuic.segmented(Http3.newQuicServerCodecBuilder(), transport.datagramChannelClass())...build()
 * RingportQuic.segmented(QuicChannel.newBootstrap(datagrams), datagrams.getClass())...connect()
 * }</pre>
 *
 * <p>Where a framework makes the codec, {@link #segment(Channel)} in its hook for new connections does the same.
 */
public final class RingportQuic {
    private static final SegmentedDatagramPacketAllocator SEGMENTS = SegmentedDatagramPacket::new;

    /** Taken from a name, so that it is right in a jar whose packages were relocated. */
    private static final String RINGPORT = RingportQuic.class.getPackageName().replaceFirst("quic$", "");

    private RingportQuic() {}

    /**
     * Sets it for the connections of a server.
     *
     * @param channelClass of the channel that the codec will be a handler of
     * @return the same builder
     */
    public static QuicServerCodecBuilder segmented(
            QuicServerCodecBuilder builder, Class<? extends DatagramChannel> channelClass) {
        return takesSegments(channelClass)
                ? builder.option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, SEGMENTS)
                : builder;
    }

    /**
     * Sets it for a client's connection.
     *
     * @param channelClass of the channel that the bootstrap was made with
     * @return the same bootstrap
     */
    public static QuicChannelBootstrap segmented(
            QuicChannelBootstrap bootstrap, Class<? extends Channel> channelClass) {
        return takesSegments(channelClass)
                ? bootstrap.option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, SEGMENTS)
                : bootstrap;
    }

    /**
     * Sets it for what a connection sends from now on.
     *
     * @param connection a {@link QuicChannel}; of any other channel nothing changes
     */
    public static void segment(Channel connection) {
        if (connection instanceof QuicChannel quic && takesSegments(quic.parent().getClass())) {
            quic.config().setOption(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, SEGMENTS);
        }
    }

    private static boolean takesSegments(Class<?> channelClass) {
        return channelClass.getName().startsWith(RINGPORT);
    }
}
