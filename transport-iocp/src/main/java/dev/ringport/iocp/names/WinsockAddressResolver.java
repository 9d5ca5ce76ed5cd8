// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.names;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Winsock;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_UNSPEC;
import static dev.ringport.iocp.abi.WinsockConstants.NI_MAXHOST;

/** Lookups whose promises belong to one executor. */
public final class WinsockAddressResolver extends AbstractAddressResolver<InetSocketAddress> {
    /** What stands first in a list. */
    public enum Order {
        /** Whatever the system puts there. */
        SYSTEM,
        /** IPv4, then IPv6. */
        INET,
        /** IPv6, then IPv4. */
        INET6;

        /** What the JDK makes of {@code java.net.preferIPv6Addresses}: unset, or set to what it does not know, IPv4 first. */
        public static Order of(@Nullable String preferInet6) {
            if ("true".equalsIgnoreCase(preferInet6)) {
                return INET6;
            }
            return "system".equalsIgnoreCase(preferInet6) ? SYSTEM : INET;
        }

        List<InetAddress> sort(List<InetAddress> addresses) {
            if (this == SYSTEM) {
                return addresses;
            }
            boolean inet6First = this == INET6;
            return addresses.stream()
                    .sorted(Comparator.comparing(address -> address instanceof Inet6Address != inet6First))
                    .toList();
        }
    }

    /** Of addresses and of what stands around names in URIs. */
    private static final String NOT_IN_NAMES = "[]:%/?#@\\<>^|\u007f";

    private final Winsock winsock;
    private final long timeoutMillis;
    private final Order order;
    private final Set<Lookup<?>> lookups = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public WinsockAddressResolver(EventExecutor executor, Winsock winsock, long timeoutMillis, Order order) {
        super(executor, InetSocketAddress.class);
        this.winsock = winsock;
        this.timeoutMillis = timeoutMillis;
        this.order = order;
    }

    @Override
    protected boolean doIsResolved(InetSocketAddress address) {
        return !address.isUnresolved();
    }

    @Override
    protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
        resolve(
                unresolved.getHostString(), promise,
                addresses -> new InetSocketAddress(addresses.getFirst(), unresolved.getPort()));
    }

    @Override
    protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
        resolve(
                unresolved.getHostString(), promise,
                addresses -> addresses.stream()
                        .map(address -> new InetSocketAddress(address, unresolved.getPort()))
                        .toList());
    }

    private <T> void resolve(String host, Promise<T> promise, Function<List<InetAddress>, T> result) {
        try {
            List<InetAddress> known = known(host);
            if (known.isEmpty()) {
                new Lookup<>(host, promise, result).start();
            } else {
                promise.trySuccess(result.apply(known));
            }
        } catch (UnknownHostException e) {
            promise.tryFailure(e);
        } catch (Throwable t) {
            promise.tryFailure(unknown(host, "the lookup could not be made", t));
        }
    }

    private static UnknownHostException unknown(String host, String why, @Nullable Throwable cause) {
        UnknownHostException unknown = new UnknownHostException(host + ": " + why);
        if (cause != null) {
            unknown.initCause(cause);
        }
        return unknown;
    }

    /** What needs no question: nothing for this machine, and addresses. Else empty. */
    private static List<InetAddress> known(String host) throws UnknownHostException {
        if (host.isEmpty()) {
            return List.of(InetAddress.getLoopbackAddress());
        }
        if (NetUtil.isValidIpV4Address(host) || isInet6OrNothing(host)) {
            // Without a lookup.
            return List.of(InetAddress.getByName(host));
        }
        if (isNumeric(host)) {
            return List.of(ofNumbers(host));
        }
        requireName(host);
        return List.of();
    }

    /** What the JDK takes for an IPv6 address, in brackets or with colons, and refuses if it is none. */
    private static boolean isInet6OrNothing(String host) {
        char first = host.charAt(0);
        return first == '[' || (host.indexOf(':') >= 0 && (first == ':' || isHexDigit(first)));
    }

    /** Of ASCII's alone: the JDK takes text with others for a name, and would look it up here and now. */
    private static boolean isHexDigit(char c) {
        return c <= 'f' && Character.digit(c, 16) >= 0;
    }

    /** Windows would find some texts that are no names: without their brackets, or up to their NUL. */
    private static void requireName(String host) throws UnknownHostException {
        if (host.length() >= NI_MAXHOST) {
            throw new UnknownHostException(host + ": a name has fewer than " + NI_MAXHOST + " characters");
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c <= ' ' || NOT_IN_NAMES.indexOf(c) >= 0) {
                throw new UnknownHostException(
                        host.replace('\0', '?') + ": a name has no "
                                + (c <= ' ' ? "blank or control character" : "'" + c + "'"));
            }
        }
    }

    /** Whether Windows would take the name for an IPv4 address in one of the ways of old: hexadecimal, octal, short. */
    private static boolean isNumeric(String host) {
        if (host.charAt(0) < '0' || host.charAt(0) > '9') {
            return false;
        }
        try {
            Inet4Address _ = Inet4Address.ofPosixLiteral(host);
            return true;
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    /** What the JDK's lookups answer: of these it takes the decimal ones alone, for others read them otherwise. */
    private static InetAddress ofNumbers(String host) throws UnknownHostException {
        try {
            return Inet4Address.ofLiteral(host);
        } catch (IllegalArgumentException ambiguous) {
            throw unknown(host, "not an address in decimal numbers", ambiguous);
        }
    }

    /** Ends all lookups under way. */
    @Override
    public void close() {
        closed = true;
        lookups.forEach(Lookup::abandon);
    }

    /** One lookup and its promise, of which either may end first. */
    private final class Lookup<T> implements Consumer<Answer>, FutureListener<T> {
        private final String host;
        private final Promise<T> promise;
        private final Function<List<InetAddress>, T> result;
        private final NameQuery query;
        private @Nullable Future<?> timer;

        Lookup(String host, Promise<T> promise, Function<List<InetAddress>, T> result) {
            this.host = host;
            this.promise = promise;
            this.result = result;
            query = new NameQuery(winsock, host, NetUtil.isIpV4StackPreferred() ? AF_INET : AF_UNSPEC, this);
        }

        void start() {
            if (timeoutMillis > 0) {
                timer = executor().schedule(
                        () -> fail("no answer within " + timeoutMillis + " ms", null), timeoutMillis,
                        TimeUnit.MILLISECONDS);
            }
            lookups.add(this);
            promise.addListener(this);
            query.start();
            if (closed) {
                abandon();
            }
        }

        /** On a thread of Windows', or of {@link #start}: the promise hands over to its executor. */
        @Override
        public void accept(Answer answer) {
            lookups.remove(this);
            try {
                if (answer.code() == 0) {
                    promise.trySuccess(result.apply(order.sort(answer.addresses())));
                } else {
                    fail("GetAddrInfoExW failed: " + WindowsErrors.describe(answer.code()), answer.cause());
                }
            } catch (Throwable t) {
                fail("the answer could not be passed on", t);
            }
        }

        /** The promise is done, maybe because somebody cancelled it. */
        @Override
        public void operationComplete(Future<T> done) {
            end();
        }

        private void end() {
            lookups.remove(this);
            if (timer != null) {
                timer.cancel(false);
            }
            boolean _ = query.cancel();
        }

        void abandon() {
            // The executor may have ended, and would be asked in vain to tell this listener.
            promise.removeListener(this);
            end();
            fail("the resolver was closed", null);
        }

        private void fail(String why, @Nullable Throwable cause) {
            promise.tryFailure(unknown(host, why, cause));
        }
    }
}
