// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;

/** Signatures of C functions in short. Pointers and handles are numbers: the caller keeps the memory alive. */
public final class Signature {
    private Signature() {}

    /**
     * A function's signature.
     *
     * @param letters the result, then the arguments: {@code I} for 32 bits, {@code J} for 64 bits or a pointer, and as
     *     a result {@code V} for nothing
     */
    public static FunctionDescriptor of(String letters) {
        MemoryLayout[] arguments = letters.substring(1).chars().mapToObj(Signature::layout)
                .toArray(MemoryLayout[]::new);
        char result = letters.charAt(0);
        return result == 'V'
                ? FunctionDescriptor.ofVoid(arguments)
                : FunctionDescriptor.of(layout(result), arguments);
    }

    private static MemoryLayout layout(int letter) {
        return switch (letter) {
            case 'I' -> ValueLayout.JAVA_INT;
            case 'J' -> ValueLayout.JAVA_LONG;
            default -> throw new IllegalArgumentException("I or J, not " + (char) letter);
        };
    }
}
