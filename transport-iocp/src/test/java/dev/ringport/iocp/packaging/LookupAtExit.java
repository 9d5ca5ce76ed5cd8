// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.packaging;

import dev.ringport.ffm.ErrorState;
import dev.ringport.ffm.NativeCalls;
import dev.ringport.ffm.Signature;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.Winsock;
import dev.ringport.iocp.names.NameQuery;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Ends while a lookup is under way, which ends when it is cancelled, or with the argument {@code never} not at all.
 *
 * <p>The end of the JVM waits for a bounded time only. So another lookup goes all the way before it: what runs for the first
 * time, and what it takes to call back by hand, is not what the bound is for.
 */
public final class LookupAtExit {
    private static final int AF_UNSPEC = 0;
    /** Many times what the end of the JVM sleeps between two looks: it must see that the answer is still being told. */
    private static final int TELLING_MILLIS = 50;

    private final boolean never;
    /** The OVERLAPPEDs of lookups that are to end. */
    private final BlockingQueue<Long> cancelled = new LinkedBlockingQueue<>();
    private final Winsock winsock = (Winsock) Proxy.newProxyInstance(
            Winsock.class.getClassLoader(), new Class<?>[]{Winsock.class},
            (proxy, method, arguments) -> answer(method, arguments));
    private volatile long routine;
    private volatile long overlapped;
    private volatile boolean exiting;

    private LookupAtExit(boolean never) {
        this.never = never;
    }

    public static void main(String[] args) throws Exception {
        new LookupAtExit(args.length > 0 && args[0].equals("never")).run();
    }

    private void run() throws InterruptedException {
        Thread.ofPlatform().daemon().start(this::callBack);
        CountDownLatch ended = new CountDownLatch(1);
        NameQuery first = new NameQuery(winsock, "first.example", AF_UNSPEC, _ -> ended.countDown());
        first.start();
        if (!first.cancel()) {
            throw new AssertionError("the lookup is under way");
        }
        ended.await();
        exiting = true;
        new NameQuery(winsock, "slow.example", AF_UNSPEC, answer -> {
            sleep();
            System.out.println("ended with " + answer.code());
        }).start();
        System.exit(0);
    }

    private static void sleep() {
        try {
            Thread.sleep(TELLING_MILLIS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private Object answer(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getAddrInfoExW" -> {
                overlapped = (Long) arguments[7];
                routine = (Long) arguments[8];
                yield -WindowsErrors.WSA_IO_PENDING;
            }
            case "getAddrInfoExCancel" -> {
                if (exiting) {
                    System.out.println("cancelled");
                }
                if (!exiting || !never) {
                    cancelled.add(overlapped);
                }
                yield 0;
            }
            default -> throw new AssertionError(method.getName());
        };
    }

    /** A thread of Windows'. */
    private void callBack() {
        try {
            long next = cancelled.take();
            MethodHandle call = NativeCalls
                    .bind(MemorySegment.ofAddress(routine), Signature.of("VIIJ"), ErrorState.NONE);
            while (true) {
                call.invokeExact(WindowsErrors.WSA_E_CANCELLED, 0, next);
                next = cancelled.take();
            }
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
