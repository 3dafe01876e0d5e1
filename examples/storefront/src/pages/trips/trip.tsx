export default function Page() {
  return <div class='page'><h1>trip</h1></div>;
}
