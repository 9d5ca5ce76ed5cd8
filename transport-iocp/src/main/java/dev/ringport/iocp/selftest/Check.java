// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.WindowsErrors;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that only a real Windows can show.
 *
 * @param functions what it is about, by the names that the README's table has
 * @param expected what the documents say of Windows, or what others saw there
 * @param unlikeWindows why Wine is no judge here; null if it is
 */
record Check(String name, List<String> functions, String expected, @Nullable String unlikeWindows, Body body) {
    /** How it is tried. */
    interface Body {
        Seen run(CheckBench bench) throws Exception;
    }

    /** What came of it. */
    record Seen(boolean asExpected, String what) {}

    /** This system refuses to do what is to be looked at. */
    static final class CannotException extends IOException {
        private static final long serialVersionUID = 1;

        CannotException(String why) {
            super(why);
        }
    }

    static Check of(String name, String functions, String expected, Body body) {
        return new Check(name, List.of(functions.split(" ", -1)), expected, null, body);
    }

    /** Known to go another way under Wine. */
    Check wine(String unlike) {
        return new Check(name, functions, expected, unlike, body);
    }

    /** Throws unless the call that all depends on was taken. */
    static void needs(String call, int result) throws CannotException {
        if (result < 0) {
            throw new CannotException(call + ": " + WindowsErrors.describe(-result));
        }
    }
}
