// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import dev.ringport.ServerTransport.Loops;
import dev.ringport.TransportProvider.LoopFit;
import io.netty.channel.IoEventLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Chooses among the transports that are there, and says why. */
final class Ladder {
    /** The system property that forces one. */
    static final String PROPERTY = "ringport.transport";

    private static final String NO_RINGPORT = "no transport of Ringport's is on the class path ("
            + Rungs.RINGPORTS.values().stream().map(Rungs.Known::artifact).collect(Collectors.joining(", ")) + ")";

    private final Rungs rungs;
    private final @Nullable String forced;
    private final Map<TransportProvider, Optional<Throwable>> obstacles = new ConcurrentHashMap<>();

    Ladder(Rungs rungs, @Nullable String forced) {
        this.rungs = rungs;
        this.forced = forced;
    }

    Rungs rungs() {
        return rungs;
    }

    /** The best for datagrams and the best for connections. */
    ServerTransport best() {
        TransportProvider datagrams;
        TransportProvider connections;
        if (forced == null) {
            datagrams = first(carriers(), TransportProvider::rank);
            connections = first(withConnections(), TransportProvider::connectionRank);
        } else {
            datagrams = forced(forced);
            connections = hasConnections(datagrams)
                    ? datagrams
                    : first(withConnections(), TransportProvider::connectionRank);
        }
        boolean shared = fit(datagrams, connections) == LoopFit.DIRECT;
        return new ServerTransport(datagrams, connections, shared ? Loops.SHARED : Loops.SEPARATE);
    }

    /** The best for datagrams that live on a loop that has connections. */
    ServerTransport bestOnOneLoop() {
        List<TransportProvider> carriers = carriers();
        List<TransportProvider> hosts = usable(withConnections());
        if (forced != null) {
            TransportProvider only = forced(forced);
            carriers = List.of(only);
            if (hasConnections(only)) {
                hosts = carriers;
            }
        }
        return bestPair(carriers, hosts)
                .orElseThrow(
                        () -> unusable(
                                forced + ", which -D" + PROPERTY + " forces, has no connections, and its datagrams live"
                                        + " on no loop that has"));
    }

    /** The best for datagrams that live on a loop which is there; a forced one only if it does. */
    ServerTransport on(IoEventLoop loop) {
        List<TransportProvider> own = usable(rungs.all()).stream()
                .filter(transport -> answer(() -> transport.isLoopOf(loop)).orElse(false))
                .toList();
        if (own.isEmpty()) {
            throw new IllegalArgumentException(
                    "no transport knows the handler of " + loop + "; known are "
                            + usable(rungs.all()).stream().map(TransportProvider::name)
                                    .collect(Collectors.joining(", ")));
        }
        Optional<ServerTransport> wanted = forced == null
                ? Optional.empty()
                : bestPair(usable(rungs.all()).stream().filter(transport -> transport.name().equals(forced)).toList(),
                        own);
        return wanted.or(() -> bestPair(carriers(), own))
                .or(() -> bestPair(own, own))
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "a loop of " + own.getFirst().name()
                                        + " has no connections; Transports.bestOnOneLoop() names a transport whose loops"
                                        + " have both"));
    }

    private Optional<ServerTransport> bestPair(List<TransportProvider> carriers, List<TransportProvider> hosts) {
        List<ServerTransport> pairs = new ArrayList<>();
        for (TransportProvider carrier : carriers) {
            for (TransportProvider host : hosts) {
                if (hasConnections(host) && fit(carrier, host) != LoopFit.NONE) {
                    pairs.add(new ServerTransport(carrier, host, Loops.SHARED));
                }
            }
        }
        // Of two hosts that fit as well, the one that would carry the datagrams better itself.
        return pairs.stream()
                .max(
                        Comparator.<ServerTransport>comparingInt(pair -> pair.datagrams().rank())
                                .thenComparing(pair -> fit(pair.datagrams(), pair.connections()))
                                .thenComparingInt(pair -> pair.connections().rank()));
    }

    private static LoopFit fit(TransportProvider datagrams, TransportProvider connections) {
        return datagrams.equals(connections)
                ? LoopFit.DIRECT
                : answer(() -> datagrams.datagramsOnLoopsOf(connections)).orElse(LoopFit.NONE);
    }

    private TransportProvider forced(String name) {
        Optional<TransportProvider> found = rungs.named(name);
        if (found.isPresent()) {
            Throwable obstacle = obstacle(found.get());
            if (obstacle == null) {
                return found.get();
            }
            UnsupportedOperationException refusal = unusable(
                    "the transport " + name + ", which -D" + PROPERTY + " forces, cannot be had: " + why(obstacle));
            refusal.initCause(obstacle);
            throw refusal;
        }
        Rungs.Known known = Rungs.RINGPORTS.get(name);
        if (known == null) {
            throw new IllegalArgumentException(
                    "-D" + PROPERTY + "=" + name + " names no transport; the names are "
                            + String.join(", ", rungs.names()));
        }
        throw unusable(
                "the transport " + name + ", which -D" + PROPERTY + " forces, cannot be had: " + known.artifact()
                        + " is not there, or its provider was lost");
    }

    /** With what was lost, which may be the reason. */
    private UnsupportedOperationException unusable(String message) {
        String lost = rungs.lost().stream().map(failure -> "; lost: " + why(failure)).collect(Collectors.joining());
        UnsupportedOperationException refusal = new UnsupportedOperationException(message + lost);
        rungs.lost().forEach(refusal::addSuppressed);
        return refusal;
    }

    private List<TransportProvider> withConnections() {
        return rungs.all().stream().filter(Ladder::hasConnections).toList();
    }

    private static boolean hasConnections(TransportProvider transport) {
        return answer(
                () -> transport.socketChannelClass() != null && transport.serverSocketChannelClass() != null)
                // It would, were it there.
                .orElse(true);
    }

    /** What a transport says; empty if it has nothing to say, or fails to: a broken one keeps nobody from the others. */
    private static <T> Optional<T> answer(Supplier<? extends @Nullable T> question) {
        try {
            return Optional.ofNullable(question.get());
        } catch (LinkageError | RuntimeException broken) {
            return Optional.empty();
        }
    }

    private List<TransportProvider> usable(List<TransportProvider> transports) {
        return transports.stream().filter(transport -> obstacle(transport) == null).toList();
    }

    /** Those that can carry datagrams. NIO is always among them. */
    private List<TransportProvider> carriers() {
        return rungs.all().stream().filter(transport -> datagramObstacle(transport) == null).toList();
    }

    /** Why a transport cannot be used for datagrams, also if it is another that knows. */
    private @Nullable Throwable datagramObstacle(TransportProvider transport) {
        Throwable own = obstacle(transport);
        return own != null
                ? own
                : rungs.all().stream()
                        .flatMap(other -> answer(() -> other.datagramObstacleOf(transport)).stream())
                        .findFirst()
                        .orElse(null);
    }

    /** NIO is always among them. */
    private TransportProvider first(List<TransportProvider> transports, ToIntFunction<TransportProvider> rank) {
        return usable(transports).stream().max(Comparator.comparingInt(rank)).orElseThrow();
    }

    /** Why a transport cannot be used, also if its classes do not link. */
    private @Nullable Throwable obstacle(TransportProvider transport) {
        return obstacles.computeIfAbsent(transport, Ladder::look).orElse(null);
    }

    private static Optional<Throwable> look(TransportProvider transport) {
        try {
            Throwable cause = transport.unavailabilityCause();
            if (cause == null) {
                Objects.requireNonNull(transport.datagramChannelClass());
                transport.socketChannelClass();
                transport.serverSocketChannelClass();
            }
            return Optional.ofNullable(cause);
        } catch (LinkageError | RuntimeException broken) {
            return Optional.of(broken);
        }
    }

    private static String why(Throwable obstacle) {
        return Optional.ofNullable(obstacle.getMessage()).orElse(obstacle.toString());
    }

    /** What serves what, and why each better one does not, in one line. */
    String explain(ServerTransport chosen) {
        String all = "datagrams: " + chosen.datagrams().name()
                + better(
                        rungs.all(), chosen.datagrams(), TransportProvider::rank, this::datagramObstacle,
                        "has no connections, and its datagrams live on no loop that has")
                + "; connections: " + chosen.connections().name()
                + better(
                        withConnections(), chosen.connections(), TransportProvider::connectionRank, this::obstacle,
                        "serves datagrams less well")
                + (chosen.isOnOneLoop() ? "; one group serves both" : "; each has a group of its own");
        return rungs.ringports() == 0 ? all + "; " + NO_RINGPORT : all;
    }

    private String better(
            List<TransportProvider> candidates, TransportProvider chosen, ToIntFunction<TransportProvider> rank,
            Function<TransportProvider, @Nullable Throwable> obstacles, String otherwise) {
        if (chosen.name().equals(forced)) {
            return " (forced by -D" + PROPERTY + ")";
        }
        String better = candidates.stream()
                .filter(candidate -> rank.applyAsInt(candidate) > rank.applyAsInt(chosen))
                .sorted(Comparator.comparingInt(rank).reversed())
                .map(candidate -> {
                    Throwable obstacle = obstacles.apply(candidate);
                    return candidate.name()
                            + (obstacle == null ? " is on, but " + otherwise : " is off: " + why(obstacle));
                })
                .collect(Collectors.joining("; "));
        return better.isEmpty() ? "" : " (" + better + ")";
    }

    /** The choices, then each transport in one line, then what was lost. */
    String report() {
        List<String> lines = new ArrayList<>();
        lines.add("best: " + choice(this::best));
        lines.add("best on one loop: " + choice(this::bestOnOneLoop));
        if (forced != null) {
            lines.add("forced: " + forced + ", by -D" + PROPERTY);
        }
        rungs.all().forEach(transport -> lines.add(capabilities(transport)));
        if (rungs.ringports() == 0) {
            lines.add(NO_RINGPORT);
        }
        rungs.lost().forEach(failure -> lines.add("lost: " + why(failure)));
        return String.join("\n", lines);
    }

    private static String choice(Supplier<ServerTransport> choice) {
        try {
            return choice.get().toString();
        } catch (UnsupportedOperationException | IllegalArgumentException refused) {
            return "none: " + refused.getMessage();
        }
    }

    private static String capabilities(TransportProvider transport) {
        try {
            return transport.capabilities();
        } catch (LinkageError | RuntimeException broken) {
            return transport.name() + ": off (" + why(broken) + ")";
        }
    }
}
