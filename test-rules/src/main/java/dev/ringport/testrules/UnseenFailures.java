// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testrules;

import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was thrown and no caller got: a pipeline hands it to the handlers' {@code exceptionCaught} and then to the log, a
 * promise logs what its listener threw, a loop what its task threw, a transport what a handle threw, and a thread ends.
 * {@link NoFailureUnseen} fails the test with what is kept here: assertions that failed, wherever they were logged, and
 * anything but an {@link IOException} from the end of a pipeline, a listener, a task or a thread.
 */
public final class UnseenFailures {
    private static final List<Throwable> KEPT = Collections.synchronizedList(new ArrayList<>());
    private static boolean watched;

    private UnseenFailures() {}

    /** Watches Netty's log and the ends of threads from now on. To be called before a class of Netty makes its logger. */
    public static synchronized void watch() {
        if (watched) {
            return;
        }
        watched = true;
        InternalLoggerFactory.setDefaultFactory(new WatchedLoggers());
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            uncaught(failure);
            if (before != null) {
                before.uncaughtException(thread, failure);
            } else {
                System.err.println("Exception in thread \"" + thread.getName() + "\"");
                failure.printStackTrace();
            }
        });
        if (!Probe.isSeen()) {
            throw new IllegalStateException("Netty's loggers were made before they could be watched");
        }
    }

    /** Keeps a failed assertion that whoever caught it cannot hand on: what a handler's {@code exceptionCaught} was given. */
    public static void seen(Throwable failure) {
        if (isCausedBy(AssertionError.class, failure)) {
            keep(failure);
        }
    }

    /** Keeps what nobody caught, unless the network is its reason. */
    static void uncaught(Throwable failure) {
        if (isCausedBy(AssertionError.class, failure) || !isCausedBy(IOException.class, failure)) {
            keep(failure);
        }
    }

    private static void keep(Throwable failure) {
        synchronized (KEPT) {
            // A handler may have seen what is logged afterwards.
            if (!KEPT.contains(failure)) {
                KEPT.add(failure);
            }
        }
    }

    /** What was kept since the last call, which fails no test any more: for one that provokes it. */
    public static List<Throwable> take() {
        synchronized (KEPT) {
            List<Throwable> taken = List.copyOf(KEPT);
            KEPT.clear();
            return taken;
        }
    }

    private static boolean isCausedBy(Class<? extends Throwable> type, Throwable failure) {
        Set<Throwable> known = Collections.newSetFromMap(new IdentityHashMap<>());
        for (@Nullable
        Throwable cause = failure; cause != null && known.add(cause); cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Fails in a listener to see whether that comes to notice. */
    static final class Probe extends AssertionError {
        private static final long serialVersionUID = 1;

        private Probe() {
            super("a probe", null);
        }

        static boolean isSeen() {
            Probe probe = new Probe();
            Future<?> _ = new DefaultPromise<>(ImmediateEventExecutor.INSTANCE).setSuccess(probe).addListener(done -> {
                throw probe;
            });
            return KEPT.remove(probe);
        }
    }
}
