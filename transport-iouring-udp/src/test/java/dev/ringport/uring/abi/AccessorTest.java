// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.abi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the layouts cannot show: that each accessor goes to the member it is named after, and only there. */
class AccessorTest {
    private static final long BASE = 64;
    private static final int ROOM = 512;
    private static final byte VALUE = 0x5a;

    static List<Method> setters() {
        return accessors(void.class);
    }

    static List<Method> getters() {
        return accessors(null);
    }

    /** The public accessors that answer nothing, or those that answer something. */
    private static List<Method> accessors(Class<?> nothing) {
        return Declared.structs()
                .stream()
                .flatMap(struct -> Arrays.stream(struct.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> (method.getReturnType() == void.class) == (nothing != null))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("setters")
    void aSetterWritesTheMemberOfItsNameAndNoOther(Method setter) throws ReflectiveOperationException {
        StructLayout layout = Declared.layout(setter.getDeclaringClass());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment written = arena.allocate(ROOM, Long.BYTES);
            MemorySegment expected = arena.allocate(ROOM, Long.BYTES);
            write(member(layout, setter), expected);
            if (setter.getParameterTypes()[2] == long.class) {
                setter.invoke(null, written, BASE, (long) VALUE);
            } else {
                setter.invoke(null, written, BASE, (int) VALUE);
            }
            assertThat(written.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @ParameterizedTest
    @MethodSource("getters")
    void aGetterReadsTheMemberOfItsName(Method getter) throws ReflectiveOperationException {
        StructLayout layout = Declared.layout(getter.getDeclaringClass());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = arena.allocate(ROOM, Long.BYTES);
            write(member(layout, getter), struct);
            Number read = (Number) getter.invoke(null, struct, BASE);
            assertThat(read.longValue()).isEqualTo(VALUE);
        }
    }

    private static VarHandle member(StructLayout layout, Method accessor) {
        String name = accessor.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        return layout.varHandle(PathElement.groupElement(name));
    }

    private static void write(VarHandle member, MemorySegment struct) {
        Class<?> type = member.varType();
        if (type == byte.class) {
            member.set(struct, BASE, VALUE);
        } else if (type == short.class) {
            member.set(struct, BASE, (short) VALUE);
        } else if (type == int.class) {
            member.set(struct, BASE, (int) VALUE);
        } else {
            member.set(struct, BASE, (long) VALUE);
        }
    }
}
