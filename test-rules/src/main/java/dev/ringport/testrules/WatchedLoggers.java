// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testrules;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.Slf4JLoggerFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Netty's loggers, which show {@link UnseenFailures} what is logged at any level, enabled or not. */
final class WatchedLoggers extends InternalLoggerFactory {
    private final Slf4JLoggerFactory loggers = (Slf4JLoggerFactory) Slf4JLoggerFactory.INSTANCE;

    @Override
    protected InternalLogger newInstance(String name) {
        InternalLogger logger = loggers.newInstance(name);
        return (InternalLogger) Proxy.newProxyInstance(WatchedLoggers.class.getClassLoader(),
                new Class<?>[]{InternalLogger.class}, (proxy, method, arguments) -> log(logger, method, arguments));
    }

    private static @Nullable Object log(InternalLogger logger, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("isWarnEnabled") || method.getName().equals("isErrorEnabled")) {
            return true;
        }
        if (arguments != null && look(arguments)) {
            return null;
        }
        try {
            return method.invoke(logger, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /** Looks for failures among what is logged, and answers whether it is the probe's. */
    private static boolean look(@Nullable Object[] arguments) {
        boolean probe = false;
        for (Object argument : arguments) {
            if (argument instanceof Throwable failure) {
                UnseenFailures.seen(failure);
                probe |= failure instanceof UnseenFailures.Probe;
            } else if (argument instanceof Object[] more) {
                probe |= look(more);
            }
        }
        return probe;
    }
}
