// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A library in Windows' system directory, loaded for the life of the process. It is never looked for elsewhere: neither
 * beside the program nor in the current directory nor on the path, where somebody else may have put one of that name.
 */
public final class SystemLibrary {
    /** Always in the process already, so that its name is enough. */
    private static final String BASE = "kernel32";
    /** {@code MAX_PATH}. */
    private static final int LONGEST_PATH = 260;

    private final String name;
    private final SymbolLookup symbols;

    private SystemLibrary(String name, SymbolLookup symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /** Found at first use: a class initialiser runs once and other threads wait for it. */
    private static final class Directory {
        static final Path PATH = find();

        private static Path find() {
            MethodHandle function = open(BASE, BASE + ".dll")
                    .bind("GetSystemDirectoryW", "IJI", ErrorState.LAST_ERROR);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment path = arena.allocate(ValueLayout.JAVA_CHAR, LONGEST_PATH);
                int characters = (int) function
                        .invokeExact(NativeCalls.threadCapture(), path.address(), LONGEST_PATH);
                if (characters <= 0 || characters >= LONGEST_PATH) {
                    throw new UnsatisfiedLinkError("GetSystemDirectoryW failed: "
                            + NativeCalls.lastError(NativeCalls.threadCapture()));
                }
                return Path.of(path.getString(0, StandardCharsets.UTF_16LE));
            } catch (UnsatisfiedLinkError e) {
                throw e;
            } catch (Throwable t) {
                throw new AssertionError("a downcall does not throw", t);
            }
        }
    }

    /**
     * Loads a library.
     *
     * @param name its name without {@code .dll}
     * @throws UnsatisfiedLinkError if this system has none of that name
     * @throws IllegalCallerException if native access is denied to this module; the message names the flag
     */
    public static SystemLibrary load(String name) {
        return open(name, Directory.PATH.resolve(name + ".dll").toString());
    }

    @SuppressWarnings("restricted")
    private static SystemLibrary open(String name, String file) {
        NativeCalls.ensureNativeAccess();
        try {
            return new SystemLibrary(name, SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (IllegalArgumentException missing) {
            throw withCause(new UnsatisfiedLinkError("this system has no library " + name), missing);
        }
    }

    /**
     * Binds one of its functions.
     *
     * @param function the C name
     * @param signature as {@link Signature} takes it, without the capture segment
     * @param errors what the handle's first argument, a capture segment, gets; with {@link ErrorState#NONE} there is no
     *     such argument
     * @throws UnsatisfiedLinkError if the library has no such function
     */
    public MethodHandle bind(String function, String signature, ErrorState errors) {
        MemorySegment symbol = symbols.find(function)
                .orElseThrow(() -> new UnsatisfiedLinkError(name + " has no function " + function));
        return NativeCalls.bind(symbol, Signature.of(signature), errors);
    }

    /**
     * Binds a function that the system may lack, since little stands on it.
     *
     * @param function the C name
     * @param signature as with {@link #bind}
     * @param errors as with {@link #bind}
     * @return a handle of the same type, which throws {@link UnsatisfiedLinkError} when it is called if the library has no
     *     such function
     */
    public MethodHandle bindIfThere(String function, String signature, ErrorState errors) {
        try {
            return bind(function, signature, errors);
        } catch (UnsatisfiedLinkError missing) {
            MethodType type = Signature.of(signature).toMethodType();
            if (errors != ErrorState.NONE) {
                type = type.insertParameterTypes(0, MemorySegment.class);
            }
            MethodHandle thrower = MethodHandles.throwException(type.returnType(), UnsatisfiedLinkError.class)
                    .bindTo(missing);
            return MethodHandles.dropArguments(thrower, 0, type.parameterList());
        }
    }

    private static UnsatisfiedLinkError withCause(UnsatisfiedLinkError error, Throwable cause) {
        error.initCause(cause);
        return error;
    }
}
