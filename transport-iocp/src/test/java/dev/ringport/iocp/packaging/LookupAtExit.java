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
import java.lang.reflect.Proxy;

/** Ends while a lookup is under way, which ends when it is cancelled, or with the argument {@code never} not at all. */
public final class LookupAtExit {
    private static final int AF_UNSPEC = 0;

    private LookupAtExit() {}

    public static void main(String[] args) {
        boolean never = args.length > 0 && args[0].equals("never");
        long[] asked = new long[2];
        Winsock winsock = (Winsock) Proxy.newProxyInstance(
                Winsock.class.getClassLoader(), new Class<?>[]{Winsock.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAddrInfoExW" -> {
                        asked[0] = (Long) arguments[8];
                        asked[1] = (Long) arguments[7];
                        yield -WindowsErrors.WSA_IO_PENDING;
                    }
                    case "getAddrInfoExCancel" -> {
                        System.out.println("cancelled");
                        if (!never) {
                            Thread.ofPlatform().daemon().start(() -> callBack(asked[0], asked[1]));
                        }
                        yield 0;
                    }
                    default -> throw new AssertionError(method.getName());
                });
        new NameQuery(
                winsock, "slow.example", AF_UNSPEC, answer -> System.out.println("ended with " + answer.code()))
                .start();
        System.exit(0);
    }

    private static void callBack(long routine, long overlapped) {
        try {
            NativeCalls.bind(MemorySegment.ofAddress(routine), Signature.of("VIIJ"), ErrorState.NONE)
                    .invokeExact(WindowsErrors.WSA_E_CANCELLED, 0, overlapped);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
