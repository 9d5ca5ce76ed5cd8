// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ladder: the transports that are there, best first. For datagrams {@code uring}, {@code mmsg} and {@code iocp}
 * (Ringport's), then {@code epoll} or {@code kqueue} (Netty's), then {@code nio}; for connections {@code iocp}, then
 * {@code netty-io_uring}, {@code epoll} or {@code kqueue}, then {@code nio}. Netty's native transports count where their
 * artifacts are.
 *
 * <p>A server that must run anywhere asks for {@link #best()}, a framework whose loops carry both kinds of channels for
 * {@link #bestOnOneLoop()}. What was chosen, and why each better transport is off, is logged at INFO when either is
 * first used, and {@link #report()} has it all.
 *
 * <p>The system property {@code ringport.transport}, read at the first use, forces a transport by its name: it
 * carries all that it can, and connections are carried by the best of the others if it has none.
 */
public final class Transports {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(Transports.class);
    private static final Choice BEST = new Choice("the best transports", Ladder::best);
    private static final Choice BEST_ON_ONE_LOOP = new Choice("the best on one loop", Ladder::bestOnOneLoop);

    private Transports() {}

    /** Looked for at first use, once a process. */
    private static final class Here {
        static final Ladder LADDER = new Ladder(found(), System.getProperty(Ladder.PROPERTY));

        private static Rungs found() {
            Rungs rungs = Rungs.find(Transports.class.getClassLoader());
            rungs.lost().forEach(failure -> LOGGER.warn("a transport was lost: {}", failure.getMessage(), failure));
            return rungs;
        }
    }

    /** Chooses once, and says so once. A refusal is not kept: the next call throws it anew. */
    private static final class Choice {
        private final String name;
        private final Function<Ladder, ServerTransport> chooser;
        private @Nullable ServerTransport chosen;

        Choice(String name, Function<Ladder, ServerTransport> chooser) {
            this.name = name;
            this.chooser = chooser;
        }

        synchronized ServerTransport get() {
            ServerTransport known = chosen;
            if (known == null) {
                known = chooser.apply(Here.LADDER);
                chosen = known;
                LOGGER.info("{}: {}", name, Here.LADDER.explain(known));
            }
            return known;
        }
    }

    /**
     * The transports that are on the class path or module path, and Netty's own that this system could have, available or
     * not, best first.
     */
    public static List<TransportProvider> all() {
        return Here.LADDER.rungs().all();
    }

    /** The transport of that name, available or not; empty if it is not on the class path or module path. */
    public static Optional<TransportProvider> named(String name) {
        return Here.LADDER.rungs().named(name);
    }

    /**
     * The best transport for datagrams and the best for connections that this system lets one use. They share their loops
     * where those of the connections' transport serve the datagrams as directly as its own; else each has a group.
     *
     * @throws IllegalArgumentException if {@code -Dringport.transport} names no transport; the message has the names
     * @throws UnsupportedOperationException if the one it names cannot be had; the message and the suppressed exceptions say
     *             why
     */
    public static ServerTransport best() {
        return BEST.get();
    }

    /**
     * The best transport for datagrams that live on the same loops as connections, as frameworks need it that register
     * both with one loop: {@link ServerTransport#isOnOneLoop()} is true, and {@link ServerTransport#newHandlerFactory()}
     * makes the loops' handlers.
     *
     * @throws IllegalArgumentException if {@code -Dringport.transport} names no transport; the message has the names
     * @throws UnsupportedOperationException if the one it names cannot be had, or shares no loop with connections; the
     *             message and the suppressed exceptions say why
     */
    public static ServerTransport bestOnOneLoop() {
        return BEST_ON_ONE_LOOP.get();
    }

    /**
     * The best transport for datagrams that live on a loop which is there already, and the connections of that loop's own
     * transport. The one that {@code -Dringport.transport} names is taken if its datagrams live there.
     *
     * @param loop a loop of Netty or of one of the transports
     * @throws IllegalArgumentException if no transport knows the loop, or it has no connections; the message says what to do
     */
    public static ServerTransport on(EventLoop loop) {
        if (loop instanceof IoEventLoop ioLoop) {
            return Here.LADDER.on(ioLoop);
        }
        throw new IllegalArgumentException("not a loop of Netty 4.2 (IoEventLoop): " + loop);
    }

    /**
     * What {@link #best()} and {@link #bestOnOneLoop()} answer, and the transport that {@code -Dringport.transport} forces,
     * if it does; then each transport in one line: what it can do, or why it is off; then what was lost on the way, such as
     * a provider whose services file is broken.
     */
    public static String report() {
        return Here.LADDER.report();
    }
}
