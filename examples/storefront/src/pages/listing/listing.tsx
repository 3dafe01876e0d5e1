export default function Page() {
  return <div class='page'><h1>listing</h1></div>;
}
