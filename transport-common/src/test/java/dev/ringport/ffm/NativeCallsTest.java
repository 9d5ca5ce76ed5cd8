// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class NativeCallsTest {
    @Test
    void aFunctionIsBoundByItsAddressAndCallsBack() throws Throwable {
        MethodHandle compare = MethodHandles.lookup()
                .findStatic(NativeCallsTest.class, "compare",
                        MethodType.methodType(int.class, long.class, long.class));
        long callBack = NativeCalls.upcall(compare, Signature.of("IJJ"));
        MemorySegment qsort = Linker.nativeLinker().defaultLookup().find("qsort").orElseThrow();
        MethodHandle sort = NativeCalls.bind(qsort, Signature.of("VJJJJ"), ErrorState.NONE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_INT, 5, -3, 9, 0);

            sort.invokeExact(numbers.address(), 4L, (long) Integer.BYTES, callBack);

            assertArrayEquals(new int[]{-3, 0, 5, 9}, numbers.toArray(ValueLayout.JAVA_INT));
        }
    }

    static int compare(long a, long b) {
        return Integer.compare(number(a), number(b));
    }

    private static int number(long address) {
        return NativeMemory.at(address, Integer.BYTES).get(ValueLayout.JAVA_INT, 0);
    }

    @Test
    void lettersAreTheLayoutsOfASignature() {
        assertEquals(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
                Signature.of("IJI"));
        assertEquals(FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), Signature.of("VJ"));
        assertEquals(FunctionDescriptor.of(ValueLayout.JAVA_LONG), Signature.of("J"));
        assertEquals("I or J, not X",
                assertThrows(IllegalArgumentException.class, () -> Signature.of("IX")).getMessage());
    }

    @Test
    void nativeAccessIsThere() {
        assertDoesNotThrow(NativeCalls::ensureNativeAccess);
    }

    @Test
    void aWideTextEndsAtItsZeroOrAtTheLimit() {
        try (Arena arena = Arena.ofConfined()) {
            long text = arena.allocateFrom("gr\u00fc\u00df\u4e16", StandardCharsets.UTF_16LE).address();

            assertEquals("gr\u00fc\u00df\u4e16", NativeMemory.wideString(text, 100));
            assertEquals("gr\u00fc", NativeMemory.wideString(text, 3));
            assertEquals("", NativeMemory.wideString(0, 100));
        }
    }
}
