// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.loop.KeptMemory;
import dev.ringport.testkit.datagram.DatagramTransport;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.SocketProtocolFamily;

/** The transport as the shared tests see it. */
public class IocpTransport implements DatagramTransport<IocpDatagramChannel, IocpIoHandler> {
    public static final IocpTransport INSTANCE = new IocpTransport();

    /** For tests that answer calls themselves. */
    IocpTransport() {}

    @Override
    public IoHandlerFactory newHandlerFactory() {
        return IocpIoHandler.newFactory();
    }

    @Override
    public Class<IocpIoHandler> handlerClass() {
        return IocpIoHandler.class;
    }

    @Override
    public Class<IocpDatagramChannel> channelClass() {
        return IocpDatagramChannel.class;
    }

    @Override
    public IocpDatagramChannel newChannel() {
        return new IocpDatagramChannel();
    }

    @Override
    public IocpDatagramChannel newChannel(SocketProtocolFamily family) {
        return new IocpDatagramChannel(family);
    }

    @Override
    @SuppressWarnings("deprecation") // of the type
    public IocpDatagramChannel newChannel(io.netty.channel.socket.InternetProtocolFamily family) {
        return new IocpDatagramChannel(family);
    }

    @Override
    public ChannelOption<Boolean> autoSegmentation() {
        return IocpChannelOption.UDP_AUTO_SEGMENTATION;
    }

    @Override
    public int operationsInFlight(IoHandler handler) {
        return ((IocpIoHandler) handler).loop().operations().inFlight();
    }

    @Override
    public int operationsAtRest() {
        return 0;
    }

    @Override
    public boolean keepsMemory(IoHandler handler) {
        return KeptMemory.isKept(((IocpIoHandler) handler).loop());
    }

    /** Java tells of no handles on Windows. */
    @Override
    public long openDescriptors() {
        return 0;
    }

    @Override
    public long residentBytes() {
        return 0;
    }

    /** What the default buffers of Linux hold, which are Wine's. */
    @Override
    public int thatFit(int datagrams) {
        return Math.min(datagrams, 150);
    }
}
