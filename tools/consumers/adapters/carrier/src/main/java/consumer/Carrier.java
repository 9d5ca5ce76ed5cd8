// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package consumer;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which of Ringport's transports brings what frameworks hand on, whose channels a program never sees: the one that stands
 * in the stack of the thread that hands it on.
 */
public final class Carrier {
    private static final Pattern TRANSPORT = Pattern.compile("dev\\.ringport\\.(uring|mmsg|iocp)(?=\\.)");
    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

    private Carrier() {}

    /** To be called by what receives. */
    public static void note(String receiver) {
        Set<String> transports = StackWalker.getInstance().walk(
                frames -> frames.map(frame -> TRANSPORT.matcher(frame.getClassName()))
                        .filter(Matcher::lookingAt)
                        .map(Matcher::group)
                        .collect(Collectors.toCollection(TreeSet::new)));
        SEEN.add(receiver + ": " + (transports.isEmpty() ? "another" : String.join(" ", transports)));
    }

    /** Prints a line for each receiver. */
    public static void print() {
        SEEN.forEach(System.out::println);
    }
}
