// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring;

import dev.ringport.datagram.CompletionDatagramChannel;
import dev.ringport.loop.KeptMemory;
import dev.ringport.testkit.linux.LinuxCounter;
import dev.ringport.testkit.linux.LinuxTransport;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.SocketProtocolFamily;

/** The transport as the shared tests see it. */
public final class UringTransport implements LinuxTransport<UringDatagramChannel, UringIoHandler> {
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
    public UringDatagramChannel newChannel(int descriptor) {
        return new UringDatagramChannel(descriptor);
    }

    @Override
    public long count(CompletionDatagramChannel channel, LinuxCounter counter) {
        return ((UringDatagramChannel) channel).counters().get(UringCounters.Counter.valueOf(counter.name()));
    }
}
