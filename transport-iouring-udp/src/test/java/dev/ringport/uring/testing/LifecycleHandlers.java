// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.uring.UringIoHandler;
import dev.ringport.uring.UringIoHandlerConfig;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Makes handlers and remembers them, so that a test can look into the handler of a loop. */
public final class LifecycleHandlers implements IoHandlerFactory {
    private final IoHandlerFactory factory;
    private final List<UringIoHandler> made = new CopyOnWriteArrayList<>();

    public LifecycleHandlers(UringIoHandlerConfig config) {
        factory = UringIoHandler.newFactory(config);
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor executor) {
        UringIoHandler handler = (UringIoHandler) factory.newHandler(executor);
        made.add(handler);
        return handler;
    }

    /** All handlers, in the order of their loops. */
    public List<UringIoHandler> all() {
        return made;
    }

    /** The handler of the only loop. */
    public UringIoHandler only() {
        if (made.size() != 1) {
            throw new IllegalStateException(made.size() + " handlers were made");
        }
        return made.getFirst();
    }
}
