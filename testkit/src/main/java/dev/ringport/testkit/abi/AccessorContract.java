// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.abi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** What the layouts cannot show: that each accessor goes to the member it is named after, and only there. */
public abstract class AccessorContract {
    private static final long BASE = 64;
    private static final int ROOM = 1024;
    private static final byte VALUE = 0x5a;

    private final Class<?> member;

    /** For the structs in the package of a class. */
    protected AccessorContract(Class<?> member) {
        this.member = member;
    }

    /** The public accessors that answer nothing, or those that answer something. */
    private Stream<Method> accessors(boolean setters) {
        return Declared.structsAndShared(member)
                .stream()
                .flatMap(struct -> Arrays.stream(struct.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(AccessorContract::isAccessor)
                .filter(method -> (method.getReturnType() == void.class) == setters);
    }

    /** Of one number; what clears a struct, or copies bytes into it, is not. */
    private static boolean isAccessor(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        return method.getReturnType() == void.class
                ? parameters.length == 3 && parameters[2].isPrimitive()
                : parameters.length == 2;
    }

    @TestFactory
    protected Stream<DynamicTest> aSetterWritesTheMemberOfItsNameAndNoOther() {
        return accessors(true).map(setter -> DynamicTest.dynamicTest(setter.toString(), () -> {
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
        }));
    }

    @TestFactory
    protected Stream<DynamicTest> aGetterReadsTheMemberOfItsName() {
        return accessors(false).map(getter -> DynamicTest.dynamicTest(getter.toString(), () -> {
            StructLayout layout = Declared.layout(getter.getDeclaringClass());
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment struct = arena.allocate(ROOM, Long.BYTES);
                write(member(layout, getter), struct);
                Number read = (Number) getter.invoke(null, struct, BASE);
                assertThat(read.longValue()).isEqualTo(VALUE);
            }
        }));
    }

    /** The name that a member has in C, from the accessor's: {@code addrLen} is {@code addr_len} or {@code AddrLen}. */
    private static String memberOf(StructLayout layout, Method accessor) {
        return layout.memberLayouts()
                .stream()
                .flatMap(member -> member.name().stream())
                .filter(name -> name.replace("_", "").equalsIgnoreCase(accessor.getName()))
                .findFirst()
                .orElseThrow();
    }

    private static VarHandle member(StructLayout layout, Method accessor) {
        return layout.varHandle(PathElement.groupElement(memberOf(layout, accessor)));
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
