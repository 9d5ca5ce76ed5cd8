// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.Executor;

/**
 * Loops that close their channels whenever they end. Those of Netty leave them open, with their sockets, if a shutdown without
 * a quiet period comes while the loop runs tasks: it then ends without asking its handler to close them.
 */
final class ClosingLoopGroup extends MultiThreadIoEventLoopGroup {
    ClosingLoopGroup(int threads, Executor executor, IoHandlerFactory handlers) {
        super(threads, executor, handlers);
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... none) {
        return new Loop(this, executor, handlers);
    }

    private static final class Loop extends SingleThreadIoEventLoop {
        Loop(ClosingLoopGroup group, Executor executor, IoHandlerFactory handlers) {
            super(group, executor, handlers);
        }

        @Override
        protected void run() {
            super.run();
            if (isShuttingDown()) {
                // It still takes tasks, by which channels tell that they are closed.
                ioHandler().prepareToDestroy();
            }
        }
    }
}
