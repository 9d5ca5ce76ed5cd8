// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.suite;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Has a test of Netty's that measures time keep Netty's limits in one of three tries. They are down to 200 ms, which a
 * pause of the machine may use up; a transport that does not keep them fails each try.
 */
public final class WithinLimits implements InvocationInterceptor {
    /** How often a test is tried. */
    static final int TRIES = 3;

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext test)
            throws Throwable {
        inTries(test.getDisplayName(), invocation, () -> again(method));
    }

    private static @Nullable Void again(ReflectiveInvocationContext<Method> method) throws Throwable {
        Method test = method.getExecutable();
        test.setAccessible(true);
        try {
            Object _ = test.invoke(method.getTarget().orElseThrow(), method.getArguments().toArray());
            return null;
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
        }
    }

    /** JUnit lets an invocation proceed once. */
    static void inTries(String name, Invocation<@Nullable Void> first, Invocation<@Nullable Void> again)
            throws Throwable {
        Throwable before = null;
        for (int i = 1;; i++) {
            try {
                Void _ = (i == 1 ? first : again).proceed();
                return;
            } catch (TestAbortedException aborted) {
                throw aborted;
            } catch (AssertionError | Exception failed) {
                if (before != null) {
                    failed.addSuppressed(before);
                }
                if (i == TRIES) {
                    throw failed;
                }
                System.err.println(name + " is tried again: " + failed);
                before = failed;
            }
        }
    }
}
