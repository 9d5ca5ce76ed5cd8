// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.names;

import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.ffm.Signature;
import dev.ringport.iocp.abi.Addrinfoexw;
import dev.ringport.iocp.abi.Overlapped;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Winsock;
import dev.ringport.net.AddressFamilies;
import dev.ringport.net.SocketAddressCodec;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static dev.ringport.iocp.abi.WinsockConstants.NS_ALL;
import static dev.ringport.iocp.abi.WinsockConstants.SOCK_STREAM;

/**
 * One {@code GetAddrInfoExW} that does not wait for its answer.
 *
 * <p>Windows may write the memory of a lookup until it has called back, and the lookup's caller until the call has
 * returned, whichever is later. So the memory is freed when neither can reach it: {@link PendingLookups} holds the lookup
 * for the first, the frame of {@link #start} for the second.
 *
 * <p>{@code GetAddrInfoExCancel} does not return while the call-back of its lookup runs, and may run it itself: it is
 * called without a lock that the call-back takes.
 */
public final class NameQuery {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(NameQuery.class);
    private static final SocketAddressCodec CODEC = new SocketAddressCodec(new AddressFamilies(AF_INET, AF_INET6));

    /** One stub for all lookups, since a stub can only be freed when nobody will call it any more. */
    private static final class Routine {
        static final long ADDRESS = make();

        private static long make() {
            try {
                return NativeCalls.upcall(
                        MethodHandles.lookup().findStatic(
                                NameQuery.class, "completed",
                                MethodType.methodType(void.class, int.class, int.class, long.class)),
                        Signature.of("VIIJ"));
            } catch (ReflectiveOperationException impossible) {
                throw new LinkageError("completed is there", impossible);
            }
        }
    }

    private final Winsock winsock;
    private final String host;
    private final Consumer<? super Answer> then;
    private final MemorySegment overlapped;
    private final MemorySegment name;
    private final MemorySegment hints;
    private final MemorySegment result;
    private final MemorySegment handle;

    // Guarded by this.
    private boolean started;
    private boolean cancelled;
    private boolean ended;

    /**
     * @param host a name without NUL
     * @param family the family of the addresses asked for, or {@code AF_UNSPEC}
     * @param then takes the answer, once, on the thread of {@link #start} or on one of Windows': it returns soon
     */
    public NameQuery(Winsock winsock, String host, int family, Consumer<? super Answer> then) {
        this.winsock = winsock;
        this.host = host;
        this.then = then;
        Arena arena = Arena.ofAuto();
        overlapped = arena.allocate(Overlapped.LAYOUT);
        name = arena.allocateFrom(host, StandardCharsets.UTF_16LE);
        hints = arena.allocate(Addrinfoexw.LAYOUT);
        result = arena.allocate(ValueLayout.JAVA_LONG);
        handle = arena.allocate(ValueLayout.JAVA_LONG);
        Addrinfoexw.aiFamily(hints, 0, family);
        // Else each address comes once for each type of socket.
        Addrinfoexw.aiSocktype(hints, 0, SOCK_STREAM);
    }

    /** Asks. Once. */
    public void start() {
        synchronized (this) {
            if (cancelled) {
                ended = true;
            }
        }
        if (hasEnded()) {
            answer(Answer.failed(WindowsErrors.WSA_E_CANCELLED));
            return;
        }
        try {
            ask();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private void ask() {
        // First: it may fail to be made.
        long routine = Routine.ADDRESS;
        // Before the call: the call-back may come before it returns.
        if (!PendingLookups.add(overlapped.address(), this)) {
            answered(WindowsErrors.WSA_E_CANCELLED);
            return;
        }
        int code;
        boolean called = false;
        try {
            code = -winsock.getAddrInfoExW(
                    name.address(), 0, NS_ALL, 0, hints.address(), result.address(), 0, overlapped.address(), routine,
                    handle.address());
            called = true;
        } finally {
            if (!called && PendingLookups.remove(overlapped.address()) != null) {
                PendingLookups.over();
            }
        }
        if (code != WindowsErrors.WSA_IO_PENDING) {
            // No call-back follows. Should one have come all the same, it has taken the lookup from the map.
            end(PendingLookups.remove(overlapped.address()), code);
            return;
        }
        boolean unwanted;
        synchronized (this) {
            started = true;
            unwanted = cancelled && !ended;
        }
        if (unwanted) {
            boolean _ = tellWindows();
        }
    }

    /**
     * Ends the lookup early, if it can be. The answer comes all the same, and tells how it ended. From any thread.
     *
     * @return whether Windows says that it cancels
     */
    public boolean cancel() {
        synchronized (this) {
            if (cancelled) {
                return false;
            }
            cancelled = true;
            if (!started || ended) {
                return false;
            }
        }
        return tellWindows();
    }

    /** Without the lock. The answer may come meanwhile: Windows refuses the handle of a lookup that has ended. */
    private boolean tellWindows() {
        try {
            return winsock.getAddrInfoExCancel(handle.address()) >= 0;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private synchronized boolean hasEnded() {
        return ended;
    }

    /** The handle's {@code LPLOOKUPSERVICE_COMPLETION_ROUTINE}. What left it would end the JVM. */
    @SuppressWarnings("unused")
    private static void completed(int error, int bytes, long overlapped) {
        try {
            end(PendingLookups.remove(overlapped), error);
        } catch (Throwable t) {
            try {
                LOGGER.warn("the end of a name lookup failed", t);
            } catch (Throwable ignored) {
                // Nothing is left to tell it to.
            }
        }
    }

    private static void end(@Nullable NameQuery query, int code) {
        if (query != null) {
            try {
                query.answered(code);
            } finally {
                PendingLookups.over();
            }
        }
    }

    private void answered(int code) {
        synchronized (this) {
            ended = true;
        }
        Answer answer;
        try {
            answer = code == 0 ? found() : Answer.failed(code);
        } catch (Throwable t) {
            // Whoever asked waits for an end, whatever it is.
            answer = new Answer(WindowsErrors.WSANO_RECOVERY, List.of(), t);
        }
        try {
            long list = result.get(ValueLayout.JAVA_LONG, 0);
            if (list != 0) {
                winsock.freeAddrInfoExW(list);
            }
        } finally {
            answer(answer);
        }
    }

    private void answer(Answer answer) {
        then.accept(answer);
    }

    private Answer found() {
        // By their texts: addresses that differ in nothing but their scopes are equal to Java.
        Map<String, InetAddress> addresses = new LinkedHashMap<>();
        long at = result.get(ValueLayout.JAVA_LONG, 0);
        while (at != 0) {
            MemorySegment info = NativeMemory.at(at, Addrinfoexw.BYTES);
            long address = Addrinfoexw.aiAddr(info, 0);
            int bytes = (int) Math.min(Addrinfoexw.aiAddrlen(info, 0), SocketAddressCodec.ROOM);
            InetSocketAddress found = address == 0 ? null : CODEC.read(NativeMemory.at(address, bytes), 0, bytes);
            if (found != null) {
                addresses.putIfAbsent(found.getAddress().getHostAddress(), named(found.getAddress()));
            }
            at = Addrinfoexw.aiNext(info, 0);
        }
        return addresses.isEmpty()
                ? Answer.failed(WindowsErrors.WSANO_DATA)
                : new Answer(0, List.copyOf(addresses.values()), null);
    }

    /** As the JDK's lookups answer: an address that knows the name that it was found by. */
    private InetAddress named(InetAddress address) {
        try {
            return address instanceof Inet6Address inet6 && inet6.getScopeId() != 0
                    ? Inet6Address.getByAddress(host, inet6.getAddress(), inet6.getScopeId())
                    : InetAddress.getByAddress(host, address.getAddress());
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of four or sixteen bytes", impossible);
        }
    }

    /** The {@code OVERLAPPED}, which is good for as long as this lookup is. */
    public MemorySegment overlapped() {
        return overlapped;
    }

    /** How many lookups Windows has not answered yet, over the whole process. */
    public static int pending() {
        return PendingLookups.count();
    }
}
