// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Makes handlers and remembers them, so that a test can look into the handler of a loop.
 *
 * @param <H> the class of the handlers
 */
public final class MadeHandlers<H extends IoHandler> implements IoHandlerFactory {
    private final Class<H> type;
    private final IoHandlerFactory factory;
    private final List<H> made = new CopyOnWriteArrayList<>();

    public MadeHandlers(Class<H> type, IoHandlerFactory factory) {
        this.type = type;
        this.factory = factory;
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor executor) {
        H handler = type.cast(factory.newHandler(executor));
        made.add(handler);
        return handler;
    }

    @Override
    public boolean isChangingThreadSupported() {
        return factory.isChangingThreadSupported();
    }

    /** All handlers, in the order of their loops. */
    public List<H> all() {
        return made;
    }

    /** The handler of the only loop. */
    public H only() {
        if (made.size() != 1) {
            throw new IllegalStateException(made.size() + " handlers were made");
        }
        return made.getFirst();
    }
}
