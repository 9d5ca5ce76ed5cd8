// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.selftest;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.names.Answer;
import dev.ringport.iocp.names.NameQuery;
import dev.ringport.iocp.selftest.Check.CannotException;
import dev.ringport.iocp.selftest.Check.Seen;
import java.io.IOException;
import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import static dev.ringport.iocp.abi.WinsockConstants.AF_UNSPEC;

/**
 * Lookups beside those of the JDK: of {@code localhost} and of this machine's own name, which need nobody else. The
 * latter is not shown, nor what it stands for. Only a name that the user gives leaves the machine.
 */
final class NameChecks {
    private static final int LOOKUP_MILLIS = 10_000;
    private static final int CANCEL_MILLIS = 2_000;

    /** A name that is found when it is needed. */
    private interface Name {
        String get() throws IOException;
    }

    private NameChecks() {}

    static List<Check> all(@Nullable String lookup) {
        List<Check> all = new ArrayList<>();
        all.add(order("names: localhost", () -> "localhost"));
        all.add(order("names: this machine's own", () -> InetAddress.getLocalHost().getHostName()));
        all.add(Check.of(
                "names: a lookup that is cancelled", "GetAddrInfoExCancel",
                "it ends at once, with WSA_E_CANCELLED (10111) or an answer that was faster",
                bench -> cancelled(bench, InetAddress.getLocalHost().getHostName())));
        if (lookup != null) {
            all.add(order("names: the one that was given", () -> lookup));
            all.add(Check.of(
                    "names: the one that was given, in other letters", "GetAddrInfoExW",
                    "the same addresses for its letters as for " + ascii(lookup),
                    bench -> otherLetters(bench, lookup)));
            all.add(Check.of(
                    "names: the one that was given, cancelled", "GetAddrInfoExCancel",
                    "it ends at once, with WSA_E_CANCELLED (10111) or an answer that was faster",
                    bench -> cancelled(bench, lookup)));
        }
        return all;
    }

    private static String ascii(String name) {
        try {
            return IDN.toASCII(name);
        } catch (IllegalArgumentException noName) {
            return name;
        }
    }

    private static Check order(String title, Name name) {
        return Check.of(
                title, "GetAddrInfoExW",
                "the addresses that the JDK has, in its order once the preferred family is put first",
                bench -> order(bench, name.get()));
    }

    private static Answer ask(CheckBench bench, String name) throws IOException, InterruptedException {
        CompletableFuture<Answer> told = new CompletableFuture<>();
        NameQuery query = new NameQuery(bench.bench.winsock(), name, AF_UNSPEC, told::complete);
        query.start();
        return await(query, told, LOOKUP_MILLIS);
    }

    private static Answer await(NameQuery query, CompletableFuture<Answer> told, int millis)
            throws IOException, InterruptedException {
        try {
            return told.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            boolean _ = query.cancel();
            throw new IOException("no answer within " + millis + " ms", late);
        } catch (ExecutionException impossible) {
            throw new IOException(impossible);
        }
    }

    private static Seen order(CheckBench bench, String name) throws IOException, InterruptedException {
        List<InetAddress> ofJdk;
        try {
            ofJdk = Arrays.asList(InetAddress.getAllByName(name));
        } catch (UnknownHostException unknown) {
            throw new CannotException("the JDK knows no address of it");
        }
        Answer answer = ask(bench, name);
        if (answer.code() != 0) {
            return new Seen(
                    false, "GetAddrInfoExW: " + WindowsErrors.describe(answer.code()) + "; the JDK: "
                            + families(ofJdk));
        }
        List<String> ordered = bytes(preferred(answer.addresses()));
        List<String> asJdk = bytes(ofJdk);
        boolean same = ordered.equals(asJdk);
        boolean sameSet = ordered.size() == asJdk.size() && asJdk.containsAll(ordered);
        return new Seen(
                same, "Windows: " + families(answer.addresses()) + "; the JDK: " + families(ofJdk)
                        + (same ? "" : sameSet ? "; the same in another order" : "; not the same addresses"));
    }

    /** As the JDK orders what the system answers. */
    private static List<InetAddress> preferred(List<InetAddress> addresses) {
        if (Boolean.getBoolean("java.net.preferIPv4Stack")) {
            return addresses.stream().filter(address -> !(address instanceof Inet6Address)).toList();
        }
        String property = System.getProperty("java.net.preferIPv6Addresses", "false").toLowerCase(Locale.ROOT);
        if (property.equals("system")) {
            return addresses;
        }
        boolean inet6First = property.equals("true");
        return Stream.of(inet6First, !inet6First)
                .flatMap(inet6 -> addresses.stream().filter(address -> address instanceof Inet6Address == inet6))
                .toList();
    }

    /** Without scopes, which the JDK and Windows may tell otherwise. */
    private static List<String> bytes(List<InetAddress> addresses) {
        return addresses.stream().map(address -> Arrays.toString(address.getAddress())).toList();
    }

    /** The families alone: the addresses are the user's. */
    private static String families(List<InetAddress> addresses) {
        return addresses.stream()
                .map(address -> address instanceof Inet6Address ? "IPv6" : "IPv4")
                .collect(Collectors.joining(" "));
    }

    private static Seen otherLetters(CheckBench bench, String name) throws IOException, InterruptedException {
        Answer letters = ask(bench, name);
        Answer ascii = ask(bench, ascii(name));
        List<String> found = bytes(letters.addresses());
        return new Seen(
                letters.code() == 0 && ascii.code() == 0 && found.containsAll(bytes(ascii.addresses())),
                "its letters: " + told(letters) + "; in ASCII: " + told(ascii));
    }

    private static String told(Answer answer) {
        return answer.code() == 0
                ? answer.addresses().size() + " addresses"
                : WindowsErrors.describe(answer.code());
    }

    private static Seen cancelled(CheckBench bench, String name) throws IOException, InterruptedException {
        CompletableFuture<Answer> told = new CompletableFuture<>();
        NameQuery query = new NameQuery(bench.bench.winsock(), name, AF_UNSPEC, told::complete);
        query.start();
        long start = System.nanoTime();
        boolean taken = query.cancel();
        Answer answer = await(query, told, CANCEL_MILLIS);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return new Seen(
                answer.code() == 0 || answer.code() == WindowsErrors.WSA_E_CANCELLED,
                (taken ? "the cancelling was taken" : "the cancelling was too late") + ", ended after " + millis
                        + " ms with "
                        + (answer.code() == 0 ? "an answer" : WindowsErrors.describe(answer.code())));
    }
}
