// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** An event loop of the test's own thread: it does what is due when it is told to, by a clock that the test moves. */
final class FakeLoop {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop = new ManualIoEventLoop(null, Thread.currentThread(), executor -> new Idle(),
            ticker);

    private final Set<FakeDatagramChannel> channels = new LinkedHashSet<>();

    ManualIoEventLoop loop() {
        return loop;
    }

    void run() {
        while (loop.runNow() > 0) {
            Thread.onSpinWait();
        }
    }

    void advanceMillis(long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        run();
    }

    /** Closes what a test has left open. */
    void end() {
        for (FakeDatagramChannel channel : channels) {
            channel.end();
        }
        run();
    }

    /** A channel that is bound, with auto-read off. */
    FakeDatagramChannel open() {
        FakeDatagramChannel channel = new FakeDatagramChannel();
        channel.config().setAutoRead(false);
        join(channel);
        channel.bind(Packets.LOCAL).syncUninterruptibly();
        run();
        return channel;
    }

    FakeDatagramChannel join(FakeDatagramChannel channel) {
        channels.add(channel);
        channel.unsafe().register(loop, channel.newPromise());
        run();
        return channel;
    }

    private static final class Idle implements IoHandler {
        @Override
        public int run(IoHandlerContext context) {
            return 0;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return true;
        }
    }
}
