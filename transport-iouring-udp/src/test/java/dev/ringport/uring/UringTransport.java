// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.loop.KeptMemory;
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
public final class UringTransport implements DatagramTransport<UringDatagramChannel, UringIoHandler> {
    public static final UringTransport INSTANCE = new UringTransport();

    private UringTransport() {}

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return UringIoHandler.newFactory();
    }

    @Override
    public Class<UringIoHandler> handlerClass() {
        return UringIoHandler.class;
    }

    @Override
    public Class<UringDatagramChannel> channelClass() {
        return UringDatagramChannel.class;
    }

    @Override
    public UringDatagramChannel newChannel() {
        return new UringDatagramChannel();
    }

    @Override
    public UringDatagramChannel newChannel(SocketProtocolFamily family) {
        return new UringDatagramChannel(family);
    }

    @Override
    @SuppressWarnings("deprecation") // of the type
    public UringDatagramChannel newChannel(io.netty.channel.socket.InternetProtocolFamily family) {
        return new UringDatagramChannel(family);
    }

    @Override
    public ChannelOption<Boolean> autoSegmentation() {
        return UringChannelOption.UDP_AUTO_SEGMENTATION;
    }

    @Override
    public int operationsInFlight(IoHandler handler) {
        return ((UringIoHandler) handler).loop().operations().table().inFlight();
    }

    /** The watch for wake-ups. */
    @Override
    public int operationsAtRest() {
        return 1;
    }

    @Override
    public boolean keepsMemory(IoHandler handler) {
        return KeptMemory.isKept(((UringIoHandler) handler).loop());
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
