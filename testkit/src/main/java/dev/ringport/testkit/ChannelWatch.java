// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what channels carried, by channel class: of those it is shown, and of those that a server among them accepts. */
public final class ChannelWatch {
    private final Map<Class<?>, Traffic> traffic = new ConcurrentHashMap<>();
    private final Map<Class<?>, LongAdder> written = new ConcurrentHashMap<>();

    private record Traffic(LongAdder registered, LongAdder reads, LongAdder writes) {
        Traffic() {
            this(new LongAdder(), new LongAdder(), new LongAdder());
        }
    }

    /** Watches a channel from now on; it may be unregistered yet. */
    public <C extends Channel> C watch(C channel) {
        channel.pipeline().addFirst(new Counter(traffic.computeIfAbsent(channel.getClass(), _ -> new Traffic())));
        return channel;
    }

    /** The classes of the channels that were watched. */
    public Set<Class<?>> classes() {
        return Set.copyOf(traffic.keySet());
    }

    /** How many channels of that class a loop took. */
    public long registered(Class<?> channelClass) {
        Traffic of = traffic.get(channelClass);
        return of == null ? 0 : of.registered.sum();
    }

    /** How many messages the channels of that class read, for as long as the framework left the watch in the pipeline. */
    public long reads(Class<?> channelClass) {
        Traffic of = traffic.get(channelClass);
        return of == null ? 0 : of.reads.sum();
    }

    /** How many messages the channels of that class were given to write. */
    public long writes(Class<?> channelClass) {
        Traffic of = traffic.get(channelClass);
        return of == null ? 0 : of.writes.sum();
    }

    /** How many messages of that class all channels were given to write. */
    public long written(Class<?> messageClass) {
        LongAdder count = written.get(messageClass);
        return count == null ? 0 : count.sum();
    }

    private final class Counter extends ChannelDuplexHandler {
        private final Traffic counted;

        Counter(Traffic counted) {
            this.counted = counted;
        }

        @Override
        public void channelRegistered(ChannelHandlerContext ctx) {
            counted.registered.increment();
            ctx.fireChannelRegistered();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            counted.reads.increment();
            if (message instanceof Channel accepted && !accepted.isRegistered()) {
                watch(accepted);
            }
            ctx.fireChannelRead(message);
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // Who wrote has the promise.
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            counted.writes.increment();
            written.computeIfAbsent(message.getClass(), _ -> new LongAdder()).increment();
            ctx.write(message, promise);
        }
    }
}
