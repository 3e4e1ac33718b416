// What the screen of domains asks of the services.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { domains } from "@/api/clients";

const DOMAINS = "domains";

export function useDomains() {
  return useQuery({
    queryKey: [DOMAINS, "list"],
    queryFn: async ({ signal }) => (await domains.listDomains({ withUnverified: true }, { signal })).domains,
  });
}

export function useClaim() {
  const forget = useForget();
  return useMutation({
    mutationFn: (domain: { host: string; publicUrl: string }) => domains.createDomain({ domain }),
    onSuccess: forget,
  });
}

export function useVerify() {
  const forget = useForget();
  return useMutation({ mutationFn: (domainId: bigint) => domains.verifyDomain({ domainId }), onSuccess: forget });
}

export function useSetPublicUrl() {
  const forget = useForget();
  return useMutation({
    mutationFn: (domain: { domainId: bigint; publicUrl: string }) =>
      domains.updateDomain({ domain, updateMask: { paths: ["public_url"] } }),
    onSuccess: forget,
  });
}

export function useDeleteDomain() {
  const forget = useForget();
  return useMutation({ mutationFn: (domainId: bigint) => domains.deleteDomain({ domainId }), onSuccess: forget });
}

function useForget() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [DOMAINS] });
}
