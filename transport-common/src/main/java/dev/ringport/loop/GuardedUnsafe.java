// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import io.netty.channel.Channel.Unsafe;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import java.net.SocketAddress;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What everybody but the channel itself takes for its unsafe, the pipeline too. It can refuse an event loop without
 * closing the channel: Netty closes a channel whose registration fails, and its own check of compatibility knows one
 * exception only. And it lets a deregistration wait: {@code AbstractUnsafe.deregister} is final before Netty 4.2.11.
 *
 * <p>The pipeline's head asks for the unsafe in the constructor of {@code AbstractChannel} and keeps it, so the channel
 * must have this one by then. It has no state of its own.
 */
@SuppressWarnings("deprecation") // the receive handle is deprecated with nothing to replace it
public final class GuardedUnsafe implements Unsafe {
    private final Unsafe unsafe;
    private final Function<EventLoop, @Nullable Throwable> refusal;
    private final Consumer<ChannelPromise> deregistration;

    /**
     * A guard, whose two functions are called from its methods only.
     *
     * @param refusal why a channel cannot go to a loop, or null if it can
     * @param deregistration takes the place of the unsafe's own
     */
    public GuardedUnsafe(
            Unsafe unsafe,
            Function<EventLoop, @Nullable Throwable> refusal,
            Consumer<ChannelPromise> deregistration) {
        this.unsafe = unsafe;
        this.refusal = refusal;
        this.deregistration = deregistration;
    }

    @Override
    public void register(EventLoop loop, ChannelPromise promise) {
        Throwable cause = refusal.apply(loop);
        if (cause != null) {
            promise.setFailure(cause);
        } else {
            unsafe.register(loop, promise);
        }
    }

    @Override
    public RecvByteBufAllocator.Handle recvBufAllocHandle() {
        return unsafe.recvBufAllocHandle();
    }

    @Override
    public SocketAddress localAddress() {
        return unsafe.localAddress();
    }

    @Override
    public SocketAddress remoteAddress() {
        return unsafe.remoteAddress();
    }

    @Override
    public void bind(SocketAddress local, ChannelPromise promise) {
        unsafe.bind(local, promise);
    }

    @Override
    public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
        unsafe.connect(remote, local, promise);
    }

    @Override
    public void disconnect(ChannelPromise promise) {
        unsafe.disconnect(promise);
    }

    @Override
    public void close(ChannelPromise promise) {
        unsafe.close(promise);
    }

    @Override
    public void closeForcibly() {
        unsafe.closeForcibly();
    }

    @Override
    public void deregister(ChannelPromise promise) {
        deregistration.accept(promise);
    }

    @Override
    public void beginRead() {
        unsafe.beginRead();
    }

    @Override
    public void write(Object message, ChannelPromise promise) {
        unsafe.write(message, promise);
    }

    @Override
    public void flush() {
        unsafe.flush();
    }

    @Override
    public ChannelPromise voidPromise() {
        return unsafe.voidPromise();
    }

    @Override
    public @Nullable ChannelOutboundBuffer outboundBuffer() {
        return unsafe.outboundBuffer();
    }
}
