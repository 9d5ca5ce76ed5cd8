// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.Kernel32;
import dev.ringport.iocp.abi.Ntdll;
import dev.ringport.iocp.abi.Qwave;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.Winsock;
import dev.ringport.iocp.abi.WinsockExtensions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The system's calls, but for those that a test answers itself, as Windows would. */
public final class ReplacedCalls {
    /** A call that a test looks at, answers, or lets through. */
    public interface Answer {
        Object to(Real real, Object[] arguments) throws Throwable;
    }

    /** The system's own answer. */
    public interface Real {
        Object call() throws Throwable;
    }

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    public ReplacedCalls on(String method, Answer answer) {
        answers.put(method, answer);
        return this;
    }

    /** What a call is answered by now, for an answer that does more. */
    Answer answer(String method) {
        return answers.getOrDefault(method, (real, arguments) -> real.call());
    }

    /** How often each function was called since the last time this was asked. */
    Map<String, Long> counts() {
        Map<String, Long> since = new TreeMap<>();
        counts.forEach((name, count) -> since.put(name, count.sumThenReset()));
        since.values().removeIf(count -> count == 0);
        return since;
    }

    WindowsCalls calls() {
        return over(WindowsCalls.system());
    }

    /** With others in place of the system's. */
    public WindowsCalls over(WindowsCalls system) {
        return new WindowsCalls(
                over(Kernel32.class, system.kernel32()),
                over(Winsock.class, system.winsock()),
                over(WinsockExtensions.class, system.extensions()),
                over(Qwave.class, system.qwave()),
                over(Ntdll.class, system.ntdll()));
    }

    private <T> T over(Class<T> type, T system) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[]{type},
                (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        // It is not what it stands before: what is found out of the one does not hold for the other.
                        return ofObject(proxy, method, arguments);
                    }
                    counts.computeIfAbsent(method.getName(), name -> new LongAdder()).increment();
                    Answer answer = answers.get(method.getName());
                    return answer == null
                            ? invoke(method, system, arguments)
                            : answer.to(() -> invoke(method, system, arguments), arguments);
                }));
    }

    @SuppressWarnings("ReferenceEquality") // that is what it is about
    private static Object ofObject(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "replaced calls";
        };
    }

    private static Object invoke(Method method, Object system, Object[] arguments) throws Throwable {
        try {
            return method.invoke(system, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
