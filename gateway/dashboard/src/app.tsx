import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense, lazy } from "preact/compat";
import { Redirect, Route, Router, Switch } from "wouter";
import { queryClient } from "./api/query_client";
import { type Language, TextProvider } from "./text";
import type { Text } from "./text/en";
import { ErrorBoundary } from "./ui/error_boundary";
import { Layout } from "./ui/layout";
import { NotFound } from "./ui/not_found";
import { Skeleton } from "./ui/skeleton";
import { Toasts } from "./ui/toasts";

const Live = lazy(() => import("./live/screen"));
const Ledger = lazy(() => import("./ledger/screen"));

// Everything: languages, answers, addresses and the frame, and within it the screen of the address.
export function App({ initial }: { initial: { language: Language; text: Text } }) {
  return (
    <TextProvider initial={initial}>
      <QueryClientProvider client={queryClient}>
        <Router base="/dashboard">
          <Layout>
            <ErrorBoundary>
              <Suspense fallback={<Skeleton />}>
                <Screens />
              </Suspense>
            </ErrorBoundary>
          </Layout>
          <Toasts />
        </Router>
      </QueryClientProvider>
    </TextProvider>
  );
}

function Screens() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/live" replace />
      </Route>
      <Route path="/live" component={Live} />
      <Route path="/ledger" component={Ledger} />
      <Route component={NotFound} />
    </Switch>
  );
}
