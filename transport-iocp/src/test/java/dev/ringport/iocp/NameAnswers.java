// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.ffm.Signature;
import dev.ringport.iocp.abi.Addrinfoexw;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Winsock;
import dev.ringport.net.AddressFamilies;
import dev.ringport.net.SocketAddressCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_INET6;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stands for Windows' lookups, on any system: a test decides when they end, on which thread and how. It calls the
 * routine that it was given as Windows would, from native code.
 */
final class NameAnswers {
    /** A lookup under way. */
    record Asked(String host, int family, long result, long overlapped, long routine, long handle) {}

    /** How a lookup begins. */
    interface Beginning {
        /** Answers 0, or a negated code. */
        int begin(Asked asked);
    }

    /** What a cancellation does before it returns. */
    interface Cancelling {
        /** Answers 0, or a negated code. */
        int cancel() throws Exception;
    }

    private final SocketAddressCodec codec = new SocketAddressCodec(new AddressFamilies(AF_INET, AF_INET6));
    private final Arena arena = Arena.ofAuto();
    private final BlockingQueue<Asked> pending = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> cancelled = new LinkedBlockingQueue<>();
    private final Set<Long> lists = ConcurrentHashMap.newKeySet();
    private volatile Beginning beginning = asked -> {
        pending.add(asked);
        return -WindowsErrors.WSA_IO_PENDING;
    };

    private volatile Cancelling cancelling = () -> 0;

    void onBegin(Beginning other) {
        beginning = other;
    }

    void onCancel(Cancelling other) {
        cancelling = other;
    }

    Winsock winsock() {
        return (Winsock) Proxy.newProxyInstance(
                Winsock.class.getClassLoader(), new Class<?>[]{Winsock.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAddrInfoExW" -> beginning.begin(asked(arguments));
                    case "getAddrInfoExCancel" -> {
                        cancelled.add((Long) arguments[0]);
                        yield cancelling.cancel();
                    }
                    case "freeAddrInfoExW" -> {
                        assertThat(lists.remove((Long) arguments[0])).as("a list that was given, once").isTrue();
                        yield null;
                    }
                    default -> throw new AssertionError("not expected: " + method.getName());
                });
    }

    /** What a call of {@code getAddrInfoExW} asks for. */
    static Asked asked(Object[] arguments) {
        return new Asked(
                NativeMemory.wideString((Long) arguments[0], Short.MAX_VALUE),
                Addrinfoexw.aiFamily(NativeMemory.at((Long) arguments[4], Addrinfoexw.BYTES), 0),
                (Long) arguments[5], (Long) arguments[7], (Long) arguments[8], (Long) arguments[9]);
    }

    /** Waits for a lookup. */
    Asked next() throws InterruptedException {
        Asked asked = pending.poll(30, TimeUnit.SECONDS);
        assertThat(asked).as("a lookup").isNotNull();
        return asked;
    }

    boolean hasAsked() {
        return !pending.isEmpty();
    }

    /** Waits for a cancellation of the lookup. */
    void awaitCancel(Asked asked) throws InterruptedException {
        assertThat(cancelled.poll(30, TimeUnit.SECONDS)).isEqualTo(asked.handle());
    }

    int cancellations() {
        return cancelled.size();
    }

    /** Lists of addresses that nobody has freed. */
    int lists() {
        return lists.size();
    }

    /** Leaves addresses with a lookup. */
    void give(Asked asked, InetAddress... addresses) {
        long next = 0;
        for (int i = addresses.length - 1; i >= 0; i--) {
            MemorySegment info = arena.allocate(Addrinfoexw.LAYOUT);
            MemorySegment name = arena.allocate(SocketAddressCodec.ROOM, Long.BYTES);
            int bytes = codec.write(name, 0, addresses[i], 0, addresses[i].getAddress().length == 16);
            info.set(ValueLayout.JAVA_LONG, offset("ai_addrlen"), bytes);
            info.set(ValueLayout.JAVA_LONG, offset("ai_addr"), name.address());
            info.set(ValueLayout.JAVA_LONG, offset("ai_next"), next);
            next = info.address();
        }
        lists.add(next);
        NativeMemory.at(asked.result(), Long.BYTES).set(ValueLayout.JAVA_LONG, 0, next);
    }

    /** Leaves one address with a lookup that no program could read. */
    void giveUnreadable(Asked asked, InetAddress address) {
        give(asked, address);
        long list = NativeMemory.at(asked.result(), Long.BYTES).get(ValueLayout.JAVA_LONG, 0);
        NativeMemory.at(list, Addrinfoexw.BYTES).set(ValueLayout.JAVA_LONG, offset("ai_addrlen"), -1);
    }

    private static long offset(String field) {
        return Addrinfoexw.LAYOUT.byteOffset(java.lang.foreign.MemoryLayout.PathElement.groupElement(field));
    }

    /** Calls the routine on this thread, from native code. */
    static void end(Asked asked, int code) {
        try {
            NativeCalls.bind(MemorySegment.ofAddress(asked.routine()), Signature.of("VIIJ"), ErrorState.NONE)
                    .invokeExact(code, 0, asked.overlapped());
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /** Calls the routine on a thread of nobody's, and waits until it has returned. */
    static void endElsewhere(Asked asked, int code) throws InterruptedException {
        CountDownLatch returned = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            end(asked, code);
            returned.countDown();
        });
        assertThat(returned.await(30, TimeUnit.SECONDS)).isTrue();
    }
}
