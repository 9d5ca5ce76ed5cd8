// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import dev.ringport.mmsg.Mmsg;
import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.MmsgIoHandler;
import dev.ringport.mmsg.MmsgSegmentedDatagramPacketAllocator;
import dev.ringport.uring.Uring;
import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.UringIoHandler;
import dev.ringport.uring.UringSegmentedDatagramPacketAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The transports that are compared, each with its defaults. */
enum Contender {
    RINGPORT("ringport", "Ringport") {
        @Override
        @Nullable
        Throwable unavailabilityCause() {
            return Uring.unavailabilityCause();
        }

        @Override
        IoHandlerFactory newHandlerFactory() {
            return UringIoHandler.newFactory();
        }

        @Override
        Class<? extends DatagramChannel> channelClass() {
            return UringDatagramChannel.class;
        }

        @Override
        SegmentedDatagramPacketAllocator quicSegments() {
            return new UringSegmentedDatagramPacketAllocator();
        }
    },

    /** On its own loop. */
    MMSG("mmsg", "Ringport mmsg") {
        @Override
        @Nullable
        Throwable unavailabilityCause() {
            return Mmsg.unavailabilityCause();
        }

        @Override
        IoHandlerFactory newHandlerFactory() {
            return MmsgIoHandler.newFactory();
        }

        @Override
        Class<? extends DatagramChannel> channelClass() {
            return MmsgDatagramChannel.class;
        }

        @Override
        SegmentedDatagramPacketAllocator quicSegments() {
            return new MmsgSegmentedDatagramPacketAllocator();
        }
    },

    NIO("nio", "NIO") {
        @Override
        @Nullable
        Throwable unavailabilityCause() {
            return null;
        }

        @Override
        IoHandlerFactory newHandlerFactory() {
            return NioIoHandler.newFactory();
        }

        @Override
        Class<? extends DatagramChannel> channelClass() {
            return NioDatagramChannel.class;
        }

        @Override
        SegmentedDatagramPacketAllocator quicSegments() {
            return SegmentedDatagramPacketAllocator.NONE;
        }
    },

    EPOLL("epoll", "Netty epoll") {
        @Override
        @Nullable
        Throwable unavailabilityCause() {
            return Epoll.unavailabilityCause();
        }

        @Override
        IoHandlerFactory newHandlerFactory() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Class<? extends DatagramChannel> channelClass() {
            return EpollDatagramChannel.class;
        }

        @Override
        SegmentedDatagramPacketAllocator quicSegments() {
            return EpollQuicUtils.newSegmentedAllocator(QUIC_SEGMENTS);
        }
    },

    IO_URING("io_uring", "Netty io_uring") {
        @Override
        @Nullable
        Throwable unavailabilityCause() {
            return IoUring.unavailabilityCause();
        }

        @Override
        IoHandlerFactory newHandlerFactory() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        Class<? extends DatagramChannel> channelClass() {
            return IoUringDatagramChannel.class;
        }

        @Override
        SegmentedDatagramPacketAllocator quicSegments() {
            return IoUringDatagramChannel.isSegmentedDatagramPacketSupported()
                    ? new NettySegments()
                    : SegmentedDatagramPacketAllocator.NONE;
        }
    };

    /** Netty's default, and that of Ringport's allocators. */
    private static final int QUIC_SEGMENTS = 10;

    private final String id;
    private final String title;

    Contender(String id, String title) {
        this.id = id;
        this.title = title;
    }

    /** The name in options and figures. */
    String id() {
        return id;
    }

    /** What the reader is shown. */
    String title() {
        return title;
    }

    /** Why it cannot run here; null if it can. */
    abstract @Nullable Throwable unavailabilityCause();

    abstract IoHandlerFactory newHandlerFactory();

    abstract Class<? extends DatagramChannel> channelClass();

    /** What lets Netty's QUIC codec hand several datagrams to this transport as one message. */
    abstract SegmentedDatagramPacketAllocator quicSegments();

    static Optional<Contender> named(String id) {
        return Arrays.stream(values()).filter(contender -> contender.id.equals(id)).findFirst();
    }

    static List<String> ids() {
        return Arrays.stream(values()).map(Contender::id).toList();
    }

    /** Netty has such an allocator for epoll alone, though its io_uring channel takes the same packets. */
    private static final class NettySegments implements SegmentedDatagramPacketAllocator {
        @Override
        public int maxNumSegments() {
            return QUIC_SEGMENTS;
        }

        @Override
        public DatagramPacket newPacket(ByteBuf buffer, int segmentSize, InetSocketAddress remoteAddress) {
            return new SegmentedDatagramPacket(buffer, segmentSize, remoteAddress);
        }
    }
}
