// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.suite;

import dev.ringport.iocp.IocpDatagramChannel;
import dev.ringport.iocp.IocpIoHandler;
import dev.ringport.iocp.IocpServerSocketChannel;
import dev.ringport.iocp.IocpSocketChannel;
import dev.ringport.iocp.ToldResets;
import dev.ringport.iocp.unkind.UnkindLauncher;
import dev.ringport.testkit.suite.BootstrapFactories;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/** The combinations in which Netty's suite runs: the transport with itself, and with NIO both ways. */
final class Bootstraps {
    private static final BootstrapFactories IOCP = new BootstrapFactories("iocp", IocpIoHandler.newFactory());

    private Bootstraps() {}

    static List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> combinations() {
        return inThisJvm(IOCP.streams(IocpServerSocketChannel.class, IocpSocketChannel.class));
    }

    /** On an unkind Windows the transport with itself: both sides are. */
    private static <T> List<T> inThisJvm(List<T> all) {
        return System.getProperty(UnkindLauncher.SEED) == null ? all : all.subList(0, 1);
    }

    /** Loops of their own, made where they are needed. */
    private static final class ToldOfResets {
        static final BootstrapFactories IOCP = new BootstrapFactories("iocp-resets", ToldResets.factory());
    }

    /** Those with the transport as the client, which hears of resets under Wine too. */
    static List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> clientCombinationsToldOfResets() {
        List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> all = ToldOfResets.IOCP
                .streams(IocpServerSocketChannel.class, IocpSocketChannel.class);
        return inThisJvm(List.of(all.getFirst(), all.getLast()));
    }

    static List<BootstrapFactory<ServerBootstrap>> servers() {
        return IOCP.servers(IocpServerSocketChannel.class);
    }

    static List<BootstrapFactory<Bootstrap>> clients() {
        return IOCP.clients(IocpSocketChannel.class);
    }

    static List<BootstrapComboFactory<Bootstrap, Bootstrap>> datagrams(SocketProtocolFamily family) {
        return inThisJvm(IOCP.datagrams(IocpDatagramChannel::new, family));
    }

    /** Netty's multicast test has two listeners at one port, and sets SO_REUSEADDR for it. */
    static List<BootstrapComboFactory<Bootstrap, Bootstrap>> sharingDatagrams(SocketProtocolFamily family) {
        return IOCP.datagrams(with -> {
            IocpDatagramChannel channel = new IocpDatagramChannel(with);
            channel.config().setExclusiveAddressUse(false);
            return channel;
        }, family);
    }

    static List<BootstrapFactory<Bootstrap>> datagram() {
        return IOCP.clients(IocpDatagramChannel.class);
    }

    /** The JDK's own datagram channel cannot bind again after a disconnect there, whatever its peer is. */
    @SuppressWarnings("restricted")
    static boolean isNioUnderWine(Bootstrap bootstrap) {
        return bootstrap.config().group() instanceof IoEventLoopGroup group
                && group.isIoType(NioIoHandler.class)
                && SymbolLookup.libraryLookup("ntdll", Arena.global()).find("wine_get_version").isPresent();
    }
}
