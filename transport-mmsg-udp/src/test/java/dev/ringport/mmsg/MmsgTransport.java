// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.mmsg.hosts.ForeignLoops;
import dev.ringport.testkit.linux.LinuxCounter;
import dev.ringport.testkit.linux.LinuxTransport;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.uring.IoUringIoHandler;
import java.util.Locale;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The transport as the shared tests see it, on a loop of the kind that the system property {@value #HOST} names: the
 * transport's own if it is not set.
 */
public final class MmsgTransport implements LinuxTransport<MmsgDatagramChannel, IoHandler> {
    public static final MmsgTransport INSTANCE = new MmsgTransport();

    private static final String HOST = "ringport.mmsg.host";
    /** Set by the build. */
    private static final String NETTY_NATIVES = "ringport.netty.natives";

    /** The kinds of loops. */
    public enum Host {
        OWN(MmsgIoHandler.class), EPOLL(EpollIoHandler.class), IO_URING(IoUringIoHandler.class), NIO(
                NioIoHandler.class);

        private final Class<? extends IoHandler> handler;

        Host(Class<? extends IoHandler> handler) {
            this.handler = handler;
        }

        /** Whether such loops are to run: all, but for Netty's native ones in a build that has no libraries for them. */
        public boolean isExpected() {
            return switch (this) {
                case OWN, NIO -> true;
                case EPOLL, IO_URING -> !System.getProperty(NETTY_NATIVES, "").equals("false");
            };
        }

        /** Handlers of such loops. */
        public IoHandlerFactory newHandlerFactory() {
            return switch (this) {
                case OWN -> MmsgIoHandler.newFactory();
                case EPOLL -> EpollIoHandler.newFactory();
                case IO_URING -> IoUringIoHandler.newFactory();
                case NIO -> NioIoHandler.newFactory();
            };
        }
    }

    private final Host host = Host.valueOf(System.getProperty(HOST, Host.OWN.name()).toUpperCase(Locale.ROOT));

    private MmsgTransport() {}

    /** The kind of loops that the tests run on. */
    public Host host() {
        return host;
    }

    /** For tests of what the transport's own loops do. */
    public static void assumeOwnLoop() {
        assumeTrue(INSTANCE.host == Host.OWN, "not the transport's own loop");
    }

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return host.newHandlerFactory();
    }

    @Override
    @SuppressWarnings("unchecked") // of a class that is one
    public Class<IoHandler> handlerClass() {
        return (Class<IoHandler>) host.handler;
    }

    @Override
    public Class<MmsgDatagramChannel> channelClass() {
        return MmsgDatagramChannel.class;
    }

    @Override
    public MmsgDatagramChannel newChannel() {
        return new MmsgDatagramChannel();
    }

    @Override
    public MmsgDatagramChannel newChannel(SocketProtocolFamily family) {
        return new MmsgDatagramChannel(family);
    }

    @Override
    @SuppressWarnings("deprecation") // of the type
    public MmsgDatagramChannel newChannel(io.netty.channel.socket.InternetProtocolFamily family) {
        return new MmsgDatagramChannel(family);
    }

    @Override
    public ChannelOption<Boolean> autoSegmentation() {
        return MmsgChannelOption.UDP_AUTO_SEGMENTATION;
    }

    @Override
    public int operationsInFlight(IoHandler handler) {
        return handler instanceof MmsgIoHandler own ? own.operationsInFlight() : ForeignLoops.inFlight();
    }

    @Override
    public int operationsAtRest() {
        return 0;
    }

    /** Between two calls nothing is the kernel's. */
    @Override
    public boolean keepsMemory(IoHandler handler) {
        return false;
    }

    @Override
    public MmsgDatagramChannel newChannel(int descriptor) {
        return new MmsgDatagramChannel(descriptor);
    }

    @Override
    public long count(CompletionDatagramChannel channel, LinuxCounter counter) {
        return ((MmsgDatagramChannel) channel).counters().get(MmsgCounters.Counter.valueOf(counter.name()));
    }
}
