// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testrules;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.Slf4JLoggerFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loggers for Netty and the transports, which show {@link UnseenFailures} what is logged at any level, enabled or not. */
final class WatchedLoggers extends InternalLoggerFactory {
    /** Where Netty warns of what a handler, a listener or a task threw and nobody caught. */
    private static final Set<String> OF_THE_UNCAUGHT = Set.of(
            "io.netty.channel.DefaultChannelPipeline", "io.netty.util.concurrent.DefaultPromise",
            "io.netty.util.concurrent.AbstractEventExecutor",
            "io.netty.util.concurrent.SingleThreadEventExecutor");

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
        if (arguments != null && look(arguments, isOfTheUncaught(logger, method))) {
            return null;
        }
        try {
            return method.invoke(logger, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static boolean isOfTheUncaught(InternalLogger logger, Method method) {
        boolean warns = method.getName().equals("warn") || method.getName().equals("error");
        return warns && OF_THE_UNCAUGHT.contains(logger.name());
    }

    /** Looks for failures among what is logged, and answers whether it is the probe's. */
    private static boolean look(@Nullable Object[] arguments, boolean ofTheUncaught) {
        boolean probe = false;
        for (Object argument : arguments) {
            if (argument instanceof Throwable failure) {
                if (ofTheUncaught) {
                    UnseenFailures.uncaught(failure);
                } else {
                    UnseenFailures.seen(failure);
                }
                probe |= failure instanceof UnseenFailures.Probe;
            } else if (argument instanceof Object[] more) {
                probe |= look(more, ofTheUncaught);
            }
        }
        return probe;
    }
}
