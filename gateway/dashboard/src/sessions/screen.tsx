export { default } from "@/ui/coming";
