// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.wine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;

/**
 * Gives the JDK's net.dll the function {@code GetAnycastIpAddressTable}, which Wine's iphlpapi lacks.
 *
 * <p>The library binds it when it is first called, and the JVM dies there: at the first network interface, selector or
 * channel id. So its place among the delay-loaded imports is filled before, with a function that answers an empty table.
 * No file of the JDK is changed.
 */
@SuppressWarnings("restricted")
final class AnycastTable {
    private static final String NAME = "GetAnycastIpAddressTable";
    private static final int NO_ERROR = 0;
    private static final int ERROR_NOT_ENOUGH_MEMORY = 8;
    private static final int HEAP_ZERO_MEMORY = 8;
    private static final int PAGE_READWRITE = 4;

    // MIB_ANYCASTIPADDRESS_TABLE: the number of entries, padding, and room for one entry, which is never read.
    private static final long TABLE_BYTES = 64;

    // Of the PE format, 64 bits. Addresses in it count from where the image was loaded.
    private static final int PE_HEADER_AT = 0x3c;
    private static final int DELAY_IMPORTS = 4 + 20 + 112 + 13 * 8;
    private static final int DESCRIPTOR_BYTES = 32;
    private static final int DESCRIPTOR_DLL_NAME = 4;
    private static final int DESCRIPTOR_ADDRESSES = 12;
    private static final int DESCRIPTOR_NAMES = 16;
    private static final long BY_ORDINAL = Long.MIN_VALUE;
    private static final int HINT_BYTES = 2;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup KERNEL32 = SymbolLookup.libraryLookup("kernel32", Arena.global());
    private static final MethodHandle HEAP_ALLOC = kernel32(
            "HeapAlloc",
            FunctionDescriptor
                    .of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final long HEAP = processHeap();

    private AnycastTable() {}

    static boolean underWine() {
        return SymbolLookup.libraryLookup("ntdll", Arena.global()).find("wine_get_version").isPresent();
    }

    /** To be called before anything asks the JDK for the network. */
    static void supply() throws Throwable {
        long library = loadNetLibrary();
        MemorySegment image = MemorySegment.ofAddress(library).reinterpret(Integer.MAX_VALUE);
        long slot = addressSlot(image);
        MethodHandle answer = MethodHandles.lookup()
                .findStatic(
                        AnycastTable.class, "answerEmptyTable", MethodType.methodType(int.class, MemorySegment.class));
        answer = MethodHandles.dropArguments(answer, 0, short.class); // the address family
        MemorySegment stub = LINKER.upcallStub(
                answer, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_SHORT, ValueLayout.ADDRESS),
                Arena.global());
        makeWritable(library + slot);
        image.set(LONG, slot, stub.address());
    }

    /** Loads it by its path, as the JDK will do later; what it depends on is loaded already. */
    private static long loadNetLibrary() throws Throwable {
        MethodHandle load = kernel32("LoadLibraryW", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        String path = System.getProperty("java.home") + "\\bin\\net.dll";
        try (Arena arena = Arena.ofConfined()) {
            long library = (long) load.invokeExact(arena.allocateFrom(path, StandardCharsets.UTF_16LE));
            if (library == 0) {
                throw new IllegalStateException("cannot load " + path);
            }
            return library;
        }
    }

    /** Where in the image the address of the function stands, or will once it is bound. */
    private static long addressSlot(MemorySegment image) {
        int descriptor = image.get(INT, image.get(INT, PE_HEADER_AT) + (long) DELAY_IMPORTS);
        if (descriptor != 0) {
            for (; image.get(INT, descriptor + DESCRIPTOR_DLL_NAME) != 0; descriptor += DESCRIPTOR_BYTES) {
                long names = image.get(INT, descriptor + DESCRIPTOR_NAMES);
                for (long at = 0; image.get(LONG, names + at) != 0; at += Long.BYTES) {
                    long name = image.get(LONG, names + at);
                    if ((name & BY_ORDINAL) == 0 && image.getString(name + HINT_BYTES).equals(NAME)) {
                        return image.get(INT, descriptor + DESCRIPTOR_ADDRESSES) + at;
                    }
                }
            }
        }
        throw new IllegalStateException("net.dll has no delay-loaded import " + NAME);
    }

    private static void makeWritable(long address) throws Throwable {
        MethodHandle protect = kernel32(
                "VirtualProtect",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment before = arena.allocate(ValueLayout.JAVA_INT);
            if ((int) protect.invokeExact(address, (long) Long.BYTES, PAGE_READWRITE, before) == 0) {
                throw new IllegalStateException("VirtualProtect failed");
            }
        }
    }

    /** Called by net.dll, which frees the table by FreeMibTable: it must come from the heap of the process. */
    @SuppressWarnings("UnusedMethod") // found by its name
    private static int answerEmptyTable(MemorySegment table) {
        try {
            long empty = (long) HEAP_ALLOC.invokeExact(HEAP, HEAP_ZERO_MEMORY, TABLE_BYTES);
            if (empty == 0) {
                return ERROR_NOT_ENOUGH_MEMORY;
            }
            table.reinterpret(Long.BYTES).set(LONG, 0, empty);
            return NO_ERROR;
        } catch (Throwable failed) {
            // An exception that leaves a function called by native code ends the JVM.
            return ERROR_NOT_ENOUGH_MEMORY;
        }
    }

    private static long processHeap() {
        try {
            return (long) kernel32("GetProcessHeap", FunctionDescriptor.of(ValueLayout.JAVA_LONG)).invokeExact();
        } catch (Throwable failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static MethodHandle kernel32(String name, FunctionDescriptor function) {
        return LINKER.downcallHandle(KERNEL32.findOrThrow(name), function);
    }
}
