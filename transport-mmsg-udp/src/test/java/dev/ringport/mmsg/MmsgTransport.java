// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg;

import dev.ringport.testkit.Posix;
import dev.ringport.testkit.datagram.DatagramTransport;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The transport as the shared tests see it. */
public final class MmsgTransport implements DatagramTransport<MmsgDatagramChannel, MmsgIoHandler> {
    public static final MmsgTransport INSTANCE = new MmsgTransport();

    private MmsgTransport() {}

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return MmsgIoHandler.newFactory();
    }

    @Override
    public Class<MmsgIoHandler> handlerClass() {
        return MmsgIoHandler.class;
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
        return ((MmsgIoHandler) handler).operationsInFlight();
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
    public long openDescriptors() {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long residentBytes() {
        try {
            String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
            return Long.parseLong(pages) * 4096;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void enlargeReceiveBuffer(InetSocketAddress bound, int bytes) {
        Posix.forceReceiveBuffer(Posix.descriptor(bound), bytes);
    }
}
